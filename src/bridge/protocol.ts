import type { MessagePort } from "node:worker_threads";
import type { Format, NativeAccount, RelayAccount } from "../accounts/account.ts";
import type { AccountLive, SavedRest } from "./accountLive.ts";
import type { Call, CallResult } from "./relayReports.ts";

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

/** The backend of ChatGPT's Codex, and what we call ourselves there. */
export interface Backend {
	/** Without a trailing slash: `https://chatgpt.com/backend-api`. */
	readonly baseUrl: string;
	readonly originator: string;
	readonly userAgent: string;
	/** The version of the Codex protocol that model lists are asked for. */
	readonly clientVersion: string;
}

/** A ChatGPT login with what it takes to use it: one immutable value too. */
export interface ServedNative {
	readonly account: NativeAccount;
	/** The login's access token; null where this window has none that is good. */
	readonly apiKey: string | null;
	readonly backend: Backend;
}

export type ServedAccount = ServedRelay | ServedNative;

/** An access token that the backend has refused. */
export interface RefusedLogin {
	readonly accountId: string;
	readonly accessToken: string;
}

/** How an account is chosen among equals. */
export const strategies = ["least-used", "round-robin", "fill-first"] as const;
export type Strategy = (typeof strategies)[number];

/** How the pool chooses, waits and tries again. Times in milliseconds. */
export interface PoolSettings {
	readonly strategy: Strategy;
	/** Client model name → the name that is looked for in its place; may be `label/model`. */
	readonly modelAliases: Readonly<Record<string, string>>;
	/** Calls for one request. */
	readonly maxAttempts: number;
	/** How long a request waits for an account that cools. */
	readonly maxWait: number;
	/** Requests that wait for a busy account at once. */
	readonly queueLimit: number;
	readonly queueWait: number;
	/** Whether relays answer clients of other formats. */
	readonly crossFormat: boolean;
}

/** How long a relay may take. Milliseconds; 0 for no limit. */
export interface Clocks {
	readonly connect: number;
	/** From the request's end to the first byte of the reply's body. */
	readonly firstByte: number;
	/** Between bytes of a reply. */
	readonly idle: number;
}

/** How relays are reached: VS Code's settings `http.*`, as they stand for this extension host. */
export interface Outbound {
	/** `http.proxy`; empty where there is none. May hold user and password. */
	readonly proxy: string;
	/** `http.noProxy`. */
	readonly noProxy: readonly string[];
	/** `http.proxySupport`. */
	readonly proxySupport: "off" | "on" | "fallback" | "override";
	/** `http.proxyStrictSSL`: whether certificates are checked. */
	readonly strictSSL: boolean;
	/** `http.proxyAuthorization`; null where there is none. Secret. */
	readonly proxyAuthorization: string | null;
	/** `http.systemCertificates`. */
	readonly systemCertificates: boolean;
	/** Whether VS Code may know a way of its own (PAC, system settings): then the main thread can fetch in the proxy's place. */
	readonly hostMayKnowWay: boolean;
}

/** Everything the proxy needs to know; sent whole on each change. */
export interface ProxyConfig {
	readonly port: number;
	/** Bytes. */
	readonly bodyLimit: number;
	readonly allowedOrigins: readonly string[];
	/** Whether media that a client names by URL are fetched for accounts that take only data. */
	readonly fetchMedia: boolean;
	readonly localKey: string;
	/** Proves to another window that the port is ours; known to whoever can read the owner's storage folder. */
	readonly controlToken: string;
	readonly accounts: readonly ServedAccount[];
	readonly pool: PoolSettings;
	readonly clocks: Clocks;
	readonly outbound: Outbound;
	/** Whether each choice is explained in the log, at debug. */
	readonly explainsChoices: boolean;
}

/** Tokens of one reply, as its format counts them. Null: the reply did not say. */
export interface Usage {
	/** All of the prompt, with what came from and went into a cache. */
	readonly input: number | null;
	readonly output: number | null;
	/** Of the input: read from a cache. */
	readonly cached: number | null;
	/** Of the output: reasoning. */
	readonly reasoning: number | null;
}

/** A key on its way from one window to another, with the only origin that it is for. */
export interface AccountKey {
	readonly accountId: string;
	/** As `URL` writes it. */
	readonly origin: string;
	readonly apiKey: string;
	/** When a person entered it, in milliseconds since 1970; null: told because the window that serves has none. */
	readonly changedAt: number | null;
}

/** What a person has done to a key in a window; null: removed it, as by signing out. */
export interface KeyChange extends Omit<AccountKey, "apiKey"> {
	readonly apiKey: string | null;
}

/** Main thread → proxy. */
export type Command =
	| { readonly type: "configure"; readonly config: ProxyConfig }
	/** Said once to a proxy that has just started, before its config. */
	| { readonly type: "restore"; readonly rests: readonly SavedRest[] }
	/** Null: of all accounts. */
	| { readonly type: "clearCooldown"; readonly accountId: string | null }
	/** On and off are one state for all windows: what is turned off here is off in all of them. */
	| { readonly type: "serve"; readonly on: boolean }
	/** Said while the proxy is off: attach to the window that serves; where none does, it stays off. */
	| { readonly type: "follow" }
	/** A person has entered or changed a key in this window; said again to a proxy that has just started, before its config. */
	| { readonly type: "keyChanged"; readonly key: KeyChange }
	/** A login whose token was refused could not be renewed: nobody need wait for it. */
	| { readonly type: "loginNotRenewed"; readonly accountId: string }
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

/** One call to an account, when it has ended. */
export interface CallRecord {
	readonly accountId: string;
	readonly label: string;
	/** The relay's own name for the model. */
	readonly model: string;
	/** Null where nothing came back. */
	readonly status: number | null;
	/** Why the call did not end well, in words; null where it did, and where the client went away. */
	readonly error: string | null;
	/** Null: the reply told no tokens. */
	readonly usage: Usage | null;
}

/** One request of a client, when its reply has ended. Holds no header, no query and no body. */
export interface RequestRecord {
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly method: string;
	readonly path: string;
	readonly format: Format | null;
	readonly model: string | null;
	/** The one that answered, or that was called last. */
	readonly account: { readonly id: string; readonly label: string } | null;
	/** Each call to an account, in order. */
	readonly calls: readonly CallRecord[];
	/** What of the request could not be said to the account that answered, in the client's words. */
	readonly dropped: readonly string[];
	/** What the client was told; 499 when it went away first. */
	readonly status: number;
	readonly milliseconds: number;
	/** Bytes of the reply's body. */
	readonly bytes: number;
	/** What went wrong, in words; null when nothing did. */
	readonly error: string | null;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** A request that the main thread makes by VS Code's own fetch, because only VS Code may know the way. */
export interface HostRequest {
	readonly url: string;
	readonly method: string;
	/** Name, value, name, value, … */
	readonly headers: readonly string[];
	readonly body: Uint8Array | null;
}

/** Main thread → proxy, on the port of one such request. */
export type HostReply =
	| {
			readonly kind: "head";
			readonly status: number;
			readonly statusText: string;
			readonly headers: readonly (readonly [name: string, value: string])[];
	  }
	| { readonly kind: "data"; readonly bytes: Uint8Array<ArrayBuffer> }
	| { readonly kind: "end" }
	/** The network's code, where there is one. */
	| { readonly kind: "failed"; readonly code: string };

/** Bytes of a reply's body that may be on their way on such a port at once. */
export const hostCredit = 256 * 1024;

/** Proxy → main thread on such a port: so many bytes more may come. To close the port is to end the request. */
export interface HostCredit {
	readonly bytes: number;
}

/** Proxy → main thread. */
export type ProxyEvent =
	/** The only message with a port in it: it stays in its window. */
	| { readonly type: "hostFetch"; readonly request: HostRequest; readonly port: MessagePort }
	| { readonly type: "port"; readonly state: PortState }
	/** Requests that have ended, in order. */
	| { readonly type: "requests"; readonly records: readonly RequestRecord[] }
	| { readonly type: "log"; readonly level: LogLevel; readonly message: string }
	/** All accounts, soon after one has changed; of the window that serves. */
	| { readonly type: "accounts"; readonly live: readonly AccountLive[] }
	/** A person has turned the proxy off in another window, or none serves that could be followed. */
	| { readonly type: "turnedOff" }
	/** The backend has refused this access token: the login is to be renewed. */
	| { readonly type: "loginRefused"; readonly refused: RefusedLogin }
	/** Another window had a key that this one, which serves, did not have; it is in use already. */
	| { readonly type: "keyLearnt"; readonly key: AccountKey }
	| { readonly type: "result"; readonly callId: number; readonly result: CallResult };

/** What a person is told about the proxy: the port's state, or why there is none yet. */
export type ProxyState =
	| { readonly kind: "off" }
	| { readonly kind: "starting" }
	| { readonly kind: "restarting" /** Milliseconds. */; readonly after: number }
	| Exclude<PortState, { kind: "closed" }>;
