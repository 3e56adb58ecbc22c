import { type Clocks, type PoolSettings, strategies } from "../bridge/protocol.ts";
import { type ChatGptSettings, chatGptFrom, defaultChatGptSettings } from "./chatGptSettings.ts";
import { SettingReader } from "./settingReader.ts";
import { aliasFrom, originFrom } from "./settingValues.ts";

/** The settings that have an effect, checked and in the units the code works in. */
export interface Settings {
	readonly port: number;
	/** Whether the proxy is on when a window starts. The toggle's choice lasts as long as its window. */
	readonly autoStart: boolean;
	/** Bytes. */
	readonly bodyLimit: number;
	/** Web origins that may call the proxy, for example `https://app.example`. */
	readonly allowedOrigins: readonly string[];
	/** As typed; empty when there is none. */
	readonly importFile: string;
	/** Whether media that a client names by URL are fetched for accounts that take only data. */
	readonly fetchMedia: boolean;
	readonly pool: PoolSettings;
	readonly clocks: Clocks;
	readonly chatGpt: ChatGptSettings;
}

/** As people see them in the settings: times in seconds, the limit in MiB. The same defaults stand in the manifest. */
export const defaultSettings = {
	port: 14680,
	autoStart: true,
	strategy: "least-used",
	crossFormat: true,
	modelAliases: {} as Readonly<Record<string, string>>,
	maxAttempts: 4,
	maxWait: 5,
	queueLimit: 64,
	queueWait: 30,
	connectTimeout: 10,
	firstByteTimeout: 120,
	idleTimeout: 0,
	bodyLimit: 64,
	allowedOrigins: [] as readonly string[],
	importFile: "",
	fetchMedia: true,
	...defaultChatGptSettings,
} as const;

export type SettingName = keyof typeof defaultSettings;

const bytesPerMebibyte = 1024 * 1024;
const millisecondsPerSecond = 1000;
const secondsPerDay = 86_400;

/**
 * Checks what VS Code hands out for `relayAccounts.*`: settings files are typed by hand and can hold anything.
 * @param userAgent what we call ourselves to ChatGPT where no setting says otherwise.
 * @returns problems are sentences for the log, one for each value that was not used.
 */
export function settingsFrom(
	read: (name: SettingName) => unknown,
	userAgent: string,
): {
	readonly settings: Settings;
	readonly problems: readonly string[];
} {
	const reader = new SettingReader(read, defaultSettings);
	const milliseconds = (
		name: (SettingName & `${string}Timeout`) | "maxWait" | "queueWait",
		least: number,
		most: number,
	) => Math.round(reader.number(name, least, most, "seconds") * millisecondsPerSecond);
	const settings: Settings = {
		port: reader.wholeNumber("port", 1024, 65535),
		autoStart: reader.boolean("autoStart"),
		bodyLimit: Math.round(reader.number("bodyLimit", 1, 1024, "MiB") * bytesPerMebibyte),
		allowedOrigins: [...new Set(reader.list("allowedOrigins", originFrom, "is no web origin"))],
		importFile: reader.text("importFile").trim(),
		fetchMedia: reader.boolean("fetchMedia"),
		pool: {
			strategy: reader.choice("strategy", strategies),
			modelAliases: reader.map("modelAliases", aliasFrom, "is no name of a model for another"),
			crossFormat: reader.boolean("crossFormat"),
			maxAttempts: reader.wholeNumber("maxAttempts", 1, 20),
			maxWait: milliseconds("maxWait", 0, 300),
			queueLimit: reader.wholeNumber("queueLimit", 0, 1000),
			queueWait: milliseconds("queueWait", 0, 600),
		},
		clocks: {
			connect: milliseconds("connectTimeout", 1, 300),
			firstByte: milliseconds("firstByteTimeout", 0, secondsPerDay),
			idle: milliseconds("idleTimeout", 0, secondsPerDay),
		},
		chatGpt: chatGptFrom(reader, userAgent),
	};
	return { settings, problems: reader.problems };
}
