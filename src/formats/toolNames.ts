import type { Conversation, Tool, ToolName } from "./conversation.ts";

/** What a format asks of a tool's name on the wire. */
export interface NameRules {
	/** Characters. */
	readonly longest: number;
	/** Characters that are not allowed, with the flags `gu`; each becomes an underscore. */
	readonly refused: RegExp;
	/** Whether names may begin with a digit, a dot or a hyphen. */
	readonly beginsFreely: boolean;
	/** Whether the format has tools whose input is text; else they go as tools with one member, `input`. */
	readonly hasFreeTools: boolean;
	/** Whether the format has namespaces; else they stand before the name. */
	readonly hasNamespaces: boolean;
}

/** A tool as the client knows it. */
export interface KnownTool extends ToolName {
	/** Its input is text. */
	readonly free: boolean;
}

export interface WireName {
	readonly name: string;
	readonly namespace?: string;
}

/**
 * The names of one conversation's tools on the wire of an account, and back. Two tools never share one: names that fall
 * together once they are made fit are told apart by a number. Calls in the history of tools that are gone have names too.
 */
export class ToolNames {
	readonly #rules: NameRules;
	readonly #wire = new Map<string, WireName>();
	readonly #known = new Map<string, KnownTool>();
	/** By the name that several fall together on: the number to try next. */
	readonly #next = new Map<string, number>();

	constructor(conversation: Pick<Conversation, "tools" | "turns">, rules: NameRules) {
		this.#rules = rules;
		for (const tool of conversation.tools) if (tool.kind !== "webSearch") this.#add(knownTool(tool));
		for (const { parts } of conversation.turns) {
			for (const part of parts) {
				if (part.kind === "toolCall") this.#add({ ...toolName(part), free: part.input.kind === "free" });
			}
		}
	}

	toWire(tool: ToolName): WireName {
		return this.#wire.get(keyOf(tool)) ?? this.#add({ ...toolName(tool), free: false });
	}

	/** A name that the model has made up is the client's to judge. */
	fromWire(wire: WireName): KnownTool {
		return this.#known.get(keyOf(wire)) ?? { ...toolName(wire), free: false };
	}

	#add(tool: KnownTool): WireName {
		const known = this.#wire.get(keyOf(tool));
		if (known !== undefined) return known;
		const { hasNamespaces, longest } = this.#rules;
		const { name, namespace } = tool;
		const inside = hasNamespaces && namespace !== undefined ? { namespace } : {};
		const flat = hasNamespaces || namespace === undefined ? name : `${namespace}__${name}`;
		const fit = this.#fit(flat);
		const wanted = keyOf({ name: fit, ...inside });
		let wire: WireName = { name: fit, ...inside };
		let number = this.#next.get(wanted) ?? 2;
		for (; this.#known.has(keyOf(wire)); number += 1) {
			const suffix = `_${number}`;
			wire = { name: fit.slice(0, longest - suffix.length) + suffix, ...inside };
		}
		if (wire.name !== fit) this.#next.set(wanted, number);
		this.#wire.set(keyOf(tool), wire);
		this.#known.set(keyOf(wire), tool);
		return wire;
	}

	#fit(name: string): string {
		const { longest, refused, beginsFreely } = this.#rules;
		const clean = name.replace(refused, "_") || "_";
		const begun = beginsFreely || /^[a-z_]/i.test(clean) ? clean : `_${clean}`;
		// The end tells tools of one namespace apart.
		return begun.length <= longest ? begun : begun.slice(begun.length - longest).replace(/^[^a-z_]/i, "_");
	}
}

function knownTool(tool: Exclude<Tool, { kind: "webSearch" }>): KnownTool {
	const { namespace } = tool;
	return {
		name: tool.name,
		free: tool.kind === "free",
		...(namespace === undefined ? {} : { namespace: namespace.name }),
	};
}

function toolName({ name, namespace }: ToolName): ToolName {
	return namespace === undefined ? { name } : { name, namespace };
}

function keyOf({ name, namespace }: ToolName): string {
	return JSON.stringify([namespace ?? null, name]);
}
