/** The life of a batch. Apart from the schemas, so that the editor can ask about a state without loading TypeBox. */
export const batchStates = ['not_started', 'starting', 'running', 'success', 'dead', 'killed'] as const;
export type BatchState = (typeof batchStates)[number];

export const terminalStates: ReadonlySet<BatchState> = new Set(['success', 'dead', 'killed']);
export const isTerminal = (state: BatchState): boolean => terminalStates.has(state);
