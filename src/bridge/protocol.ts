import type { AuthStyle, Format, RelayAccount } from "../accounts/account.ts";

/**
 * What the main thread and the proxy say to each other. Plain data only, so that it crosses a MessagePort by structured
 * clone and a control route as JSON.
 */

/** A relay with its key: one immutable value, so that a key can never meet another account's URL. */
export interface ServedRelay {
	readonly account: RelayAccount;
	/** Null when this window has no key for it. */
	readonly apiKey: string | null;
}

/** Everything the proxy needs to know; sent whole on each change. */
export interface ProxyConfig {
	readonly port: number;
	/** Bytes. */
	readonly bodyLimit: number;
	readonly allowedOrigins: readonly string[];
	readonly localKey: string;
	/** Proves to another window that the port is ours; known to whoever can read the owner's storage folder. */
	readonly controlToken: string;
	readonly relays: readonly ServedRelay[];
}

/** Which relay a test or a model list is asked of; need not be saved yet. */
export interface RelayTarget {
	readonly format: Format;
	/** Normalised. */
	readonly baseUrl: string;
	readonly apiKey: string;
	readonly auth: AuthStyle | null;
	readonly headers: Readonly<Record<string, string>>;
	readonly allowedModels: readonly string[] | null;
	readonly modelMap: Readonly<Record<string, string>>;
}

/** Questions that are answered once. */
export type Call =
	| {
			readonly kind: "testRelay";
			readonly target: RelayTarget /** Null: the relay's first. */;
			readonly model: string | null;
	  }
	| { readonly kind: "listModels"; readonly target: RelayTarget };

/** Why a relay could not be talked to, or what it said instead of an answer. Texts from a relay never hold the key. */
export type RelayFault =
	| { readonly kind: "dns"; readonly host: string }
	| { readonly kind: "refused" /** With its port, where that is not the scheme's own. */; readonly host: string }
	| { readonly kind: "tls"; readonly host: string; readonly code: string }
	| { readonly kind: "timeout"; readonly url: string; readonly seconds: number }
	| { readonly kind: "network"; readonly url: string; readonly code: string }
	| { readonly kind: "keyRefused"; readonly url: string; readonly status: number; readonly message: string }
	| { readonly kind: "wrongPath"; readonly url: string; readonly status: number; readonly message: string }
	| { readonly kind: "html"; readonly url: string; readonly status: number }
	| { readonly kind: "redirect"; readonly url: string; readonly status: number; readonly location: string }
	| { readonly kind: "otherFormat"; readonly url: string; readonly status: number }
	| { readonly kind: "modelRefused"; readonly model: string; readonly status: number; readonly message: string }
	| { readonly kind: "status"; readonly url: string; readonly status: number; readonly message: string }
	/** The account's own allowed models leave it out: the relay was not asked. */
	| { readonly kind: "modelNotAllowed"; readonly model: string }
	| { readonly kind: "noModel" }
	/** The thread that asked has died and is started again. */
	| { readonly kind: "proxyRestarted" }
	| { readonly kind: "cancelled" };

export type TestReport =
	| {
			readonly kind: "ok";
			readonly url: string;
			readonly model: string;
			/** Empty when the reply held no text. */
			readonly firstWords: string;
			readonly milliseconds: number;
	  }
	| RelayFault;

export type ModelsReport =
	| { readonly kind: "ok"; readonly url: string; readonly models: readonly string[] }
	| RelayFault;

export interface CallResults {
	readonly testRelay: TestReport;
	readonly listModels: ModelsReport;
}

/** Main thread → proxy. */
export type Command =
	| { readonly type: "configure"; readonly config: ProxyConfig }
	| { readonly type: "serve"; readonly on: boolean }
	| { readonly type: "call"; readonly callId: number; readonly call: Call }
	| { readonly type: "cancel"; readonly callId: number };

/** How the port stands, seen from the proxy. */
export type PortState =
	| { readonly kind: "closed" }
	| { readonly kind: "listening"; readonly port: number }
	/** Another window of ours holds the port; its local key is the one that clients need. */
	| { readonly kind: "otherWindow"; readonly port: number; readonly localKey: string }
	| { readonly kind: "portTaken"; readonly port: number }
	| { readonly kind: "failed"; readonly message: string };

/** One request of a client, when its reply has ended. Holds no header, no query and no body. */
export interface RequestRecord {
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly method: string;
	readonly path: string;
	readonly format: Format | null;
	readonly model: string | null;
	readonly account: { readonly id: string; readonly label: string } | null;
	/** What the client was told; 499 when it went away first. */
	readonly status: number;
	readonly milliseconds: number;
	/** Bytes of the reply's body. */
	readonly bytes: number;
	/** What went wrong, in words; null when nothing did. */
	readonly error: string | null;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Proxy → main thread. */
export type ProxyEvent =
	| { readonly type: "port"; readonly state: PortState }
	| { readonly type: "request"; readonly record: RequestRecord }
	| { readonly type: "log"; readonly level: LogLevel; readonly message: string }
	| { readonly type: "result"; readonly callId: number; readonly result: TestReport | ModelsReport };

/** What a person is told about the proxy: the port's state, or why there is none yet. */
export type ProxyState =
	| { readonly kind: "off" }
	| { readonly kind: "starting" }
	| { readonly kind: "restarting" /** Milliseconds. */; readonly after: number }
	| Exclude<PortState, { kind: "closed" }>;
