import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";

/** Official SDKs, pointed at a host and told to try once, so that a test sees what really happened. */

export function openaiClient(origin: string, apiKey: string): OpenAI {
	return new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
}

export function anthropicClient(origin: string, apiKey: string): Anthropic {
	return new Anthropic({ baseURL: origin, apiKey, maxRetries: 0 });
}

/** @param apiVersion `v1` or `v1beta`; the SDK's own default where it is not given. */
export function geminiClient(origin: string, apiKey: string, apiVersion?: string): GoogleGenAI {
	return new GoogleGenAI({
		apiKey,
		...(apiVersion && { apiVersion }),
		httpOptions: { baseUrl: origin, retryOptions: { attempts: 1 } },
	});
}
