import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";

/** Who sends: each of the two seals with a key of its own, so that nothing can be sent back to whoever sealed it. */
export type ControlRole = "owner" | "attached";

/** What makes a connection between two windows unlike every other. */
export interface ControlSession {
	readonly controlToken: string;
	readonly port: number;
	/** Chosen by the window that attaches. */
	readonly nonce: string;
	/** Chosen by the owner. */
	readonly session: string;
}

/** Bytes by which sealed data is longer. */
export const sealLength = 16;

/**
 * Seals or opens what one side of one connection sends, by AES-256-GCM. The vector is the count of what was sealed before,
 * so that nothing can be repeated, left out or reordered.
 */
export class ControlSeal {
	readonly #key: Buffer;
	#count = 0n;

	constructor({ controlToken, port, nonce, session }: ControlSession, sender: ControlRole) {
		const info = `relay-accounts control ${port} ${sender}`;
		this.#key = Buffer.from(hkdfSync("sha256", controlToken, `${nonce}.${session}`, info, 32));
	}

	seal(plain: Uint8Array): Buffer {
		const cipher = createCipheriv("aes-256-gcm", this.#key, this.#nextVector());
		const text = Buffer.concat([cipher.update(plain), cipher.final()]);
		return Buffer.concat([text, cipher.getAuthTag()]);
	}

	/** @returns null where this is not what the other side sealed next. */
	open(sealed: Buffer): Buffer | null {
		if (sealed.length < sealLength) return null;
		const decipher = createDecipheriv("aes-256-gcm", this.#key, this.#nextVector());
		decipher.setAuthTag(sealed.subarray(-sealLength));
		const text = decipher.update(sealed.subarray(0, -sealLength));
		try {
			return Buffer.concat([text, decipher.final()]);
		} catch {
			return null;
		}
	}

	#nextVector(): Buffer {
		const vector = Buffer.alloc(12);
		vector.writeBigUInt64BE(this.#count, 4);
		this.#count += 1n;
		return vector;
	}
}
