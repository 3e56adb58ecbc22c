import { fileURLToPath } from "node:url";
import { Project, ts } from "ts-morph";
import type { Format } from "../../../src/accounts/account.ts";

/** What a format sends. */
export const messages = ["request", "reply", "stream", "errors"] as const;
export type Message = (typeof messages)[number];

const project = new Project({
	compilerOptions: {
		strict: true,
		exactOptionalPropertyTypes: true,
		skipLibCheck: true,
		target: ts.ScriptTarget.ES2022,
		module: ts.ModuleKind.NodeNext,
		moduleResolution: ts.ModuleResolutionKind.NodeNext,
		types: [],
	},
	skipFileDependencyResolution: true,
});
const source = project.addSourceFileAtPath(fileURLToPath(new URL("wireTypes.ts", import.meta.url)));
const checker = project.getTypeChecker().compilerObject;

export function messageType(format: Format, message: Message): ts.Type {
	return source.getInterfaceOrThrow(format).getPropertyOrThrow(message).getType().compilerType;
}

/** The members of a union, nested ones too, without `undefined`. */
export function alternatives(type: ts.Type): readonly ts.Type[] {
	const all = type.isUnion() ? type.types.flatMap(alternatives) : [type];
	return all.filter(({ flags }) => (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) === 0);
}

export function isNull({ flags }: ts.Type): boolean {
	return (flags & ts.TypeFlags.Null) !== 0;
}

/** What a list holds; null where the type is no list. */
export function itemType(type: ts.Type): ts.Type | null {
	if (!checker.isArrayType(type)) return null;
	return checker.getTypeArguments(type as ts.TypeReference)[0] ?? null;
}

export interface Member {
	readonly name: string;
	readonly type: ts.Type;
	readonly optional: boolean;
}

/** Of an object; empty for all else. Methods are not on the wire. */
export function membersOf(type: ts.Type): readonly Member[] {
	// `string & {}` is a string that an editor completes.
	const isObject = type.isIntersection() ? type.types.every(isObjectType) : isObjectType(type);
	if (!isObject || itemType(type) !== null) return [];
	return checker
		.getPropertiesOfType(type)
		.map((symbol) => ({
			name: symbol.getName(),
			type: checker.getTypeOfSymbol(symbol),
			optional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
		}))
		.filter(({ type: own }) => alternatives(own).every((one) => one.getCallSignatures().length === 0));
}

function isObjectType({ flags }: ts.Type): boolean {
	return (flags & ts.TypeFlags.Object) !== 0;
}

/** The same for two types that hold the same, whatever their names are. */
export function shapeOf(type: ts.Type, depth = 3): string {
	const members = depth === 0 ? [] : membersOf(type);
	if (members.length === 0) return textOf(type);
	const shapes = members.map(({ name, type: own }) => {
		const inside = alternatives(own).map((one) => shapeOf(one, depth - 1));
		return `${name}: ${inside.sort().join(" | ")}`;
	});
	return `{ ${shapes.sort().join("; ")} }`;
}

/** What any member of an object may be beside those that have names; null where there are no others. */
export function otherMembers(type: ts.Type): ts.Type | null {
	return checker.getIndexInfosOfType(type).find(({ keyType }) => keyType.flags & ts.TypeFlags.String)?.type ?? null;
}

/** The words that some types are; null where one is no word. Members of an enum are words. */
export function wordsOf(types: readonly ts.Type[]): readonly string[] | null {
	const told = types.filter((type) => !isNull(type));
	const words = told.filter((type) => type.isStringLiteral()).map(({ value }) => value);
	return words.length > 0 && words.length === told.length ? [...new Set(words)] : null;
}

/** As the SDK calls the type; null where it has no name. */
export function nameOf(type: ts.Type): string | null {
	const name = (type.aliasSymbol ?? type.symbol)?.getName() ?? "__type";
	return name === "__type" ? null : name;
}

function textOf(type: ts.Type): string {
	return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
}
