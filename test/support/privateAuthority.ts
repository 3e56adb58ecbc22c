import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/** As `tls.createServer` takes it. */
export interface Certificate {
	readonly key: string;
	readonly cert: string;
}

/** An authority that nobody trusts who has not been told to. */
export interface PrivateAuthority {
	/** PEM. */
	readonly certificate: string;
	/** @param names of hosts, and IPv4 addresses. */
	issue(names: readonly string[]): Certificate;
}

/** RFC 5280, as DER by hand: no program and no package of the machine is needed for it. */
export function privateAuthority(): PrivateAuthority {
	const { privateKey, publicKey } = newKeys();
	const issuer = nameOf(`relay tests ${randomBytes(4).toString("hex")}`);
	const certify = (subject: Buffer, key: KeyObject, extension: Buffer) => {
		const unsigned = sequence(
			tagged(0xa0, tagged(0x02, Buffer.of(2))), // version 3
			tagged(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
			ecdsaWithSha256,
			issuer,
			sequence(time(Date.now() - day), time(Date.now() + day)),
			subject,
			key.export({ type: "spki", format: "der" }),
			tagged(0xa3, sequence(extension)),
		);
		const signature = tagged(0x03, Buffer.concat([Buffer.of(0), sign("sha256", unsigned, privateKey)]));
		return pem(sequence(unsigned, ecdsaWithSha256, signature));
	};
	return {
		certificate: certify(issuer, publicKey, mayIssue),
		issue: (names) => {
			const keys = newKeys();
			return {
				key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
				cert: certify(nameOf(names[0] ?? ""), keys.publicKey, forNames(names)),
			};
		},
	};
}

/** Milliseconds. */
const day = 86_400_000;

function newKeys() {
	return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function tagged(tag: number, content: Buffer): Buffer {
	const { length } = content;
	const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
	return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...members: readonly Buffer[]): Buffer {
	return tagged(0x30, Buffer.concat(members));
}

function oid(...bytes: readonly number[]): Buffer {
	return tagged(0x06, Buffer.from(bytes));
}

function nameOf(commonName: string): Buffer {
	return sequence(tagged(0x31, sequence(oid(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from(commonName)))));
}

/** Basic constraints: critical, an authority. */
const mayIssue = sequence(
	oid(0x55, 0x1d, 0x13),
	tagged(0x01, Buffer.of(0xff)),
	tagged(0x04, sequence(tagged(0x01, Buffer.of(0xff)))),
);

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

/** Subject alternative names. */
function forNames(names: readonly string[]): Buffer {
	const entries = names.map((name) =>
		isIPv4(name) ? tagged(0x87, Buffer.from(name.split(".").map(Number))) : tagged(0x82, Buffer.from(name)),
	);
	return sequence(oid(0x55, 0x1d, 0x11), tagged(0x04, sequence(...entries)));
}

/** UTCTime, `YYMMDDHHMMSSZ`. */
function time(milliseconds: number): Buffer {
	const digits = new Date(milliseconds).toISOString().replace(/\D/g, "").slice(2, 14);
	return tagged(0x17, Buffer.from(`${digits}Z`));
}

function pem(der: Buffer): string {
	const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
	return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
