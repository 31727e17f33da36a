package upstreamtest

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"net"
	"net/url"
	"strings"
)

// renegotiate starts an upstream that asks for another TLS handshake when it has read the
// request, by TLS 1.2, as IIS does where a path wants a client certificate. crypto/tls never asks for
// that, so the message is written beside it, with the keys of the connection.
func renegotiate(u *Upstream) error {
	config, err := serverConfig(u, sound)
	if err != nil {
		return err
	}
	config.MaxVersion, config.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
	address, err := u.listen(aside, func(ctx context.Context, c *conn) {
		var keys bytes.Buffer
		own, hello := config.Clone(), &overheard{Conn: c.Conn}
		own.KeyLogWriter = &keys
		s := tls.Server(hello, own)
		if s.HandshakeContext(ctx) != nil || u.record(s).request() != nil {
			return
		}
		if _, err := c.Conn.Write(helloRequest(keys.String(), hello.first)); err == nil {
			c.finish()
		}
	})
	u.URL = &url.URL{Scheme: "https", Host: address}
	return err
}

// overheard keeps the first that is written: it begins with the ServerHello.
type overheard struct {
	net.Conn
	first []byte
}

func (o *overheard) Write(p []byte) (int, error) {
	if o.first == nil {
		o.first = bytes.Clone(p)
	}
	return o.Conn.Write(p)
}

// helloRequest is the record with that message (RFC 5246 §7.4.1.1), encrypted as the second by
// the server (RFC 5288), after its Finished. The key log has the client's random bytes and the
// master secret; the server's own random bytes stand behind the heads of record and message, and the version.
func helloRequest(keyLog string, serverHello []byte) []byte {
	words := strings.Fields(keyLog)
	if len(words) != 3 || len(serverHello) < 11+32 {
		return nil
	}
	client, _ := hex.DecodeString(words[1])
	master, _ := hex.DecodeString(words[2])
	block := expand(master, "key expansion", append(bytes.Clone(serverHello[11:11+32]), client...))
	const keySize, saltSize = 16, 4 // the keys of both sides come first, then the salts
	key, salt := block[keySize:2*keySize], block[2*keySize+saltSize:][:saltSize]
	aead, err := sealer(key)
	if err != nil {
		return nil
	}
	number := binary.BigEndian.AppendUint64(nil, 1)
	message := []byte{0, 0, 0, 0}
	head := []byte{tlsHandshake, 3, 3, 0, byte(len(message))}
	sealed := aead.Seal(bytes.Clone(number), append(bytes.Clone(salt), number...), message, append(bytes.Clone(number), head...))
	head[4] = byte(len(sealed))
	return append(head, sealed...)
}

func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// expand is the pseudo-random function of TLS 1.2 (RFC 5246 §5), as far as keys need it.
func expand(secret []byte, label string, seed []byte) (out []byte) {
	seed = append([]byte(label), seed...)
	hash := func(parts ...[]byte) []byte {
		h := hmac.New(sha256.New, secret)
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	for a := hash(seed); len(out) < 2*(16+4); a = hash(a) {
		out = append(out, hash(a, seed)...)
	}
	return out
}
