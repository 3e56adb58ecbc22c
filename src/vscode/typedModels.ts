/** Names and patterns as people type or paste them: separated by commas, spaces or lines. */
export function splitModels(typed: string): readonly string[] {
	return typed.split(/[\s,，、]+/).filter((name) => name !== "");
}
