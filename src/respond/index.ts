/**
 * Whoever answers, behind one interface: a server behind an OpenAI-compatible API, a model in a folder or file, a program of one's
 * own (docs/library.md has one). Recorded outputs bring their samples along: `measureRecording` in `lengthwise/measure`.
 */
export type {
  AskOptions,
  AskState,
  Ending,
  Prompted,
  Questions,
  Responded,
  Respondent,
} from './respondent.ts';
export { connect } from './endpoint/connection.node.ts';
export type { Connection, ConnectionOptions } from './endpoint/connection.node.ts';
export { endpointRespondent } from './endpoint/endpoint-respondent.node.ts';
export type { EndpointRespondentOptions } from './endpoint/endpoint-respondent.node.ts';
export { probe } from './endpoint/probe/probe.node.ts';
export type { ProbeOptions } from './endpoint/probe/probe.node.ts';
export type { Capabilities } from './endpoint/request/capabilities.ts';
export type { Limits, Prices } from './endpoint/pace/budget.ts';
export { credentials, endpointUrl } from './endpoint/transport/secrets.ts';
export type { Credentials } from './endpoint/transport/secrets.ts';
export { localRespondent } from './local/local-respondent.ts';
export type { SequenceModel } from './local/local-respondent.ts';
export { openModelProcess } from './local/process.node.ts';
export { sequenceTemplate } from './local/sequence.ts';
export { openTextProcess } from './local/text-process.node.ts';
export { textRespondent } from './local/text-respondent.ts';
export type { TextModelHere } from './local/text-respondent.ts';
