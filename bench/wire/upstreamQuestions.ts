/** What became of a request whose stream has no end, or of one that gets no reply. */
export interface UpstreamQuestion {
	readonly id: number;
}

export interface UpstreamAnswer {
	readonly isOpen: boolean;
	/** When its connection was closed, microseconds of the monotonic clock; null: it is not, or nobody knows that request. */
	readonly closedAt: number | null;
	/** What the system has taken of its stream for sending. */
	readonly bytesTaken: number;
}
