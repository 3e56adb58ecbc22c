import { eventStream } from "../eventStream.ts";
import { sealMark } from "../seals.ts";
import type { Translation } from "../translation.ts";
import { writeAnthropicError } from "./errors.ts";
import { anthropicFeatureNames } from "./featureNames.ts";
import { withoutForeignSeals } from "./foreignSeals.ts";
import { readReply, streamReader } from "./replyReader.ts";
import { writeReply } from "./replyWriter.ts";
import { readRequest } from "./requestReader.ts";
import { writeRequest } from "./requestWriter.ts";
import { streamWriter } from "./streamWriter.ts";

/** Messages. */
export const anthropicTranslation: Translation = {
	readRequest,
	writeRequest,
	streamReader,
	readReply,
	streamWriter,
	streamForm: eventStream,
	writeReply,
	writeError: writeAnthropicError,
	takesUrls: new Set(["image", "document"]),
	featureNames: anthropicFeatureNames,
	foreignMarks: [sealMark],
	withoutForeignSeals,
};
