import type Anthropic from "@anthropic-ai/sdk";
import type {
	Content,
	GenerateContentConfig,
	GenerateContentResponse,
	Schema,
	SpeechConfig,
	Tool,
} from "@google/genai";
import type OpenAI from "openai";

// What goes over the wire in each format, as its maker's SDK has it. Read by `readFields.ts` and `sdkShapes.ts`, never imported.

/** The SDK's parameters are not Gemini's body: some members of `config` stand at its top, the others in `generationConfig`. */
type GeminiTop =
	| "cachedContent"
	| "continuationToken"
	| "labels"
	| "modelArmorConfig"
	| "safetySettings"
	| "serviceTier"
	| "store"
	| "systemInstruction"
	| "toolConfig"
	| "tools";
/** What the SDK keeps to itself. */
type GeminiLocal = "abortSignal" | "automaticContinuation" | "automaticFunctionCalling" | "httpOptions";
/** What the SDK lets a program write in short. */
type GeminiShort = "responseSchema" | "speechConfig";

interface GeminiRequest extends Pick<GenerateContentConfig, Exclude<GeminiTop, "systemInstruction" | "tools">> {
	contents: Content[];
	systemInstruction?: Content;
	tools?: Tool[];
	generationConfig?: Omit<GenerateContentConfig, GeminiTop | GeminiLocal | GeminiShort> & {
		responseSchema?: Schema;
		speechConfig?: SpeechConfig;
	};
}

/** Without what the SDK adds or works out. */
type GeminiReply = Omit<
	GenerateContentResponse,
	| "automaticFunctionCallingHistory"
	| "codeExecutionResult"
	| "data"
	| "executableCode"
	| "functionCalls"
	| "initialPromptTokenCount"
	| "sdkHttpResponse"
	| "text"
>;

/** google.rpc.Status, for which the SDK has no type: it makes its error of this text. */
interface GeminiError {
	error: { code: number; message: string; status: string; details?: unknown[] };
}

interface OpenAiError {
	error: OpenAI.ErrorObject;
}

export interface openai {
	request: OpenAI.ChatCompletionCreateParams;
	reply: OpenAI.ChatCompletion;
	stream: OpenAI.ChatCompletionChunk;
	errors: OpenAiError;
}

export interface codex {
	request: OpenAI.Responses.ResponseCreateParams;
	reply: OpenAI.Responses.Response;
	stream: OpenAI.Responses.ResponseStreamEvent;
	errors: OpenAiError;
}

export interface anthropic {
	request: Anthropic.MessageCreateParams;
	reply: Anthropic.Message;
	stream: Anthropic.RawMessageStreamEvent;
	errors: Anthropic.ErrorResponse;
}

export interface gemini {
	request: GeminiRequest;
	reply: GeminiReply;
	stream: GeminiReply;
	errors: GeminiError;
}
