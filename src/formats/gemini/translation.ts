import { eventStream } from "../eventStream.ts";
import { sealMark } from "../seals.ts";
import type { Translation } from "../translation.ts";
import { arrayStream, wantsEvents } from "./arrayStream.ts";
import { writeGeminiError } from "./errors.ts";
import { featureNames } from "./featureNames.ts";
import { withoutForeignSeals } from "./foreignSeals.ts";
import { readReply, streamReader } from "./replyReader.ts";
import { writeReply } from "./replyWriter.ts";
import { readRequest } from "./requestReader.ts";
import { writeRequest } from "./requestWriter.ts";
import { streamWriter } from "./streamWriter.ts";

export const geminiTranslation: Translation = {
	readRequest,
	writeRequest,
	streamReader,
	readReply,
	streamWriter,
	streamForm: (writer, query) => (wantsEvents(query) ? eventStream(writer) : arrayStream(writer)),
	writeReply,
	writeError: writeGeminiError,
	// Only Google's own videos: what else it fetches depends on model and version, and it asks for each file's type.
	takesUrls: new Set(["video"]),
	featureNames,
	foreignMarks: [sealMark],
	withoutForeignSeals,
};
