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
}

const bytesPerMebibyte = 1024 * 1024;

/** As people see them in the settings: the limit in MiB. The same defaults stand in the manifest. */
export const defaultSettings = {
	port: 14680,
	autoStart: true,
	bodyLimit: 64,
	allowedOrigins: [] as readonly string[],
	importFile: "",
} as const;

/**
 * Checks what VS Code hands out for `relayAccounts.*`: settings files are typed by hand and can hold anything.
 * @returns problems are sentences for the log, one for each value that was not used.
 */
export function settingsFrom(read: (name: keyof Settings) => unknown): {
	readonly settings: Settings;
	readonly problems: readonly string[];
} {
	const problems: string[] = [];
	const pick = <T>(name: keyof Settings, fallback: T, fits: (value: unknown) => value is T, expected: string): T => {
		const value = read(name);
		if (value === undefined || value === null) return fallback;
		if (fits(value)) return value;
		problems.push(`The setting relayAccounts.${name} must be ${expected}; its default is used.`);
		return fallback;
	};

	const origins: string[] = [];
	for (const typed of pick("allowedOrigins", defaultSettings.allowedOrigins, isStringList, "a list of texts")) {
		const origin = originFrom(typed);
		if (origin !== null) origins.push(origin);
		else problems.push(`relayAccounts.allowedOrigins: ${JSON.stringify(typed)} is no web origin and is left out.`);
	}
	return {
		settings: {
			port: pick("port", defaultSettings.port, isPort, "a whole number from 1024 to 65535"),
			autoStart: pick("autoStart", defaultSettings.autoStart, isBoolean, "true or false"),
			bodyLimit: Math.round(
				pick("bodyLimit", defaultSettings.bodyLimit, isBodyLimit, "a number from 1 to 1024 (MiB)") * bytesPerMebibyte,
			),
			allowedOrigins: [...new Set(origins)],
			importFile: pick("importFile", defaultSettings.importFile, isString, "a text").trim(),
		},
		problems,
	};
}

/** Scheme, host and port, as a browser writes it in the Origin header; other schemes than http are those of apps and extensions. */
function originFrom(typed: string): string | null {
	const trimmed = typed.trim().replace(/\/$/, "");
	if (!/^[a-z][a-z\d+.-]*:\/\/[^\s/?#@*]+$/i.test(trimmed)) return null;
	if (!/^https?:/i.test(trimmed)) return trimmed.toLowerCase();
	return URL.canParse(trimmed) ? new URL(trimmed).origin : null;
}

function isPort(value: unknown): value is number {
	return typeof value === "number" && Number.isInteger(value) && value >= 1024 && value <= 65535;
}

function isBodyLimit(value: unknown): value is number {
	return typeof value === "number" && value >= 1 && value <= 1024;
}

function isBoolean(value: unknown): value is boolean {
	return typeof value === "boolean";
}

function isString(value: unknown): value is string {
	return typeof value === "string";
}

function isStringList(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every(isString);
}
