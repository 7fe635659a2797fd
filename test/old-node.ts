/** How it is where the machine's own Node is too old, on any machine: it only says that it is. */
export const OLD_NODE = '20.19.0';

/** Options of Node that make the command start the Node that npm has brought. */
export const asOldNode: readonly string[] = [
  '--import',
  `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${OLD_NODE}'}})`,
];
