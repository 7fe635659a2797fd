/**
 * Which heads and which edges of attention a model's answers depend on. docs/explain.md teaches it by an example and has
 * every definition.
 */
export { explain } from './explain.ts';
export type { ExplainOptions, ExplainProgress } from './explain.ts';
export { ablationKinds, experiments } from './settings/defaults.ts';
export type { AblationKind, Experiment } from './settings/defaults.ts';
export type * from './explanation.ts';
export type { ExplainRun, ExplanationFile } from './rows.ts';
export { DEMONSTRATED, demonstratedShots, demonstratedTasks } from './shots/demonstrated.ts';
export type { DemonstratedSample, TextTokens } from './shots/demonstrated.ts';
export { drawnFrom, LETTERS } from './shots/alphabet.ts';
export { demonstratedSamples, drawnSamples } from './shots/drawn.ts';
export type { Drawing } from './shots/drawn.ts';
export { readSamples } from './shots/samples-file.ts';
export { sequenceShots, setShots } from './shots/sequence.ts';
export type * from './shots/shot.ts';
export { Passes } from './passes/passes.ts';
export type { Batch, CleanPass, PassOptions, Scores } from './passes/passes.ts';
export { amongSymbols, behaviourOf } from './behaviour/behaviour.ts';
export type { Behaviour, SymbolBehaviour } from './behaviour/behaviour.ts';
export { taskAttention } from './heads/attention.ts';
export type { Attention, TaskAttention } from './heads/attention.ts';
export { headScores, LAGS, scoresOfHeads } from './heads/scores.ts';
export type { HeadScore, HeadsOfTask } from './heads/scores.ts';
export type { ScoreOfHead } from './heads/nulls.ts';
export { repeatedAttention, repeatedScores, repeatedTokens, scoresOfRepeated } from './heads/repeated.ts';
export type { HeadsOfRepeated, RepeatedScore, RepeatedTokens } from './heads/repeated.ts';
export { copyingOfHeads } from './heads/copying.ts';
export type { Copying } from './heads/copying.ts';
export { Ablation, headName } from './ablation/ablate.ts';
export type { Head } from './ablation/ablate.ts';
export type { HeadEffect, JointAblation, MissedHeads } from './ablation/ablations.ts';
export { rankingOf } from './ablation/ranking.ts';
export type { Ranking } from './ablation/ranking.ts';
export { exampleOf } from './example/example.ts';
export type { ExampleHead, ExplainedExample } from './example/example.ts';
export { attributed, ranked } from './ablation/attribution.ts';
export { controlSets } from './ablation/controls.ts';
export type { Controls } from './ablation/controls.ts';
export {
  edgeConditions,
  edgeExperiment,
  nextPositions,
  otherPositions,
  samePositions,
} from './edges/edges.ts';
export type { EdgesOfLayer, ExplainedEdges } from './edges/explained.ts';
export type { EdgeCondition, EdgeResult, TargetPositions } from './edges/edges.ts';
export { circuitsOf, circuitSizes } from './circuit/circuit.ts';
export type { CircuitResult, CircuitSize, Faithfulness } from './circuit/circuit.ts';
export { alongPath, pathEnds } from './paths/paths.ts';
export type { ExplainedPath, PathEnd, PathResult } from './paths/paths.ts';
