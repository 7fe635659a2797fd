/** Opens what is to be fine-tuned. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../common/errors.ts';
import { isTextFolder } from '../../common/text-folder.node.ts';
import { loadFolder } from '../../model/files/folder.node.ts';
import { hashOfModel } from '../../model/files/text/hashes.node.ts';
import {
  isModelFile,
  loadModelConfig,
  loadTextFormat,
  loadTextModel,
} from '../../model/files/text/text-model.node.ts';
import type { TaskOptions } from '../../tasks/index.ts';
import { RECORD_FILE } from '../run/record.node.ts';
import type { Base, BaseFacts } from './base.ts';

/**
 * A GGUF file, a Hugging Face folder of a text model, or the folder of a symbol model.
 * @throws UserError in one line for something that is no model, is damaged, not supported, too large, or answers with sets
 */
export async function openBase(target: string): Promise<Base> {
  if (!isOfText(target)) return openSymbols(target);
  const { config, weights, tokenizer } = await loadTextModel(target);
  return { kind: 'text', ...(await namesOf(target)), config, weights, tokenizer };
}

/** The same without the weights of a text model. @throws UserError as `openBase` does */
export async function baseFacts(target: string): Promise<BaseFacts> {
  if (!isOfText(target)) return openSymbols(target);
  const config = await loadModelConfig(target);
  const { tokenizer } = await loadTextFormat(target);
  return { kind: 'text', ...(await namesOf(target)), config, tokenizer };
}

function isOfText(target: string): boolean {
  return isModelFile(target) || isTextFolder(target);
}

async function namesOf(target: string): Promise<Pick<Base, 'name' | 'hash'>> {
  return { name: path.basename(path.resolve(target)), hash: await hashOfModel(target) };
}

async function openSymbols(target: string): Promise<Base> {
  const { config, weights, tokenizer, ofSets } = await loadFolder(target);
  if (ofSets) {
    throw new UserError(
      `${target}: this model says which symbols may come next, not which one comes; fine-tuning takes models that say one`,
    );
  }
  return {
    ...{ kind: 'symbols', ...(await namesOf(target)), trainedWith: trainedWith(target) },
    ...{ config, weights, tokenizer },
  };
}

/** A folder from elsewhere, or a record that can't be read, says nothing. */
function trainedWith(folder: string): TaskOptions {
  try {
    const { spec } = JSON.parse(readFileSync(path.join(folder, RECORD_FILE), 'utf8')) as {
      readonly spec?: { readonly taskOptions?: TaskOptions };
    };
    return spec?.taskOptions ?? {};
  } catch {
    return {};
  }
}
