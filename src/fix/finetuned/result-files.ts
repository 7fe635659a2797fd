/** What lies in the folder of a result. In a file of its own: who looks whether it is there needs nothing else. */
export const FINETUNE = { result: 'finetune.json', page: 'finetune.html', measured: 'measured' } as const;
