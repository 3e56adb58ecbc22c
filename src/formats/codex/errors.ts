/** Responses has the error bodies of Chat Completions. */
export { openaiError as codexError } from "../openai/errors.ts";
