package diagnosis

import (
	"crypto/tls"
	"strconv"
	"strings"
)

// greetings are the first bytes by which other protocols are known, as they come where
// the beginning of an HTTP/1.1 answer or of a TLS record was expected.
var greetings = []struct{ begins, hint string }{
	{"\x15\x03", "the upstream speaks TLS on this port: use https:// in the target"},
	{"\x16\x03", "the upstream speaks TLS on this port: use https:// in the target"},
	{"HTTP/", "the upstream speaks plain HTTP on this port: use http:// in the target"},
	{"SSH-", "an SSH server listens there: check the target's port"},
	{"220", "a mail or file server (SMTP, FTP) listens there: check the target's port"},
	{"* OK", "a mail server (IMAP) listens there: check the target's port"},
	{"+OK", "a mail server (POP3) listens there: check the target's port"},
	{"-ERR", "a Redis server listens there: check the target's port"},
	{"PRI * HTTP/2", "the upstream speaks HTTP/2 without TLS (h2c, gRPC): use a transport for it"},
	{"\x01\x03\x00", "a FastCGI server listens there: it needs a web server or fcgi client in front"},
	{"\x01\x06\x00", "a FastCGI server listens there: it needs a web server or fcgi client in front"},
	{"ERROR", "a memcached server listens there: check the target's port"},
	{"EFATAL", "a PostgreSQL server listens there: check the target's port"},
	{"E\x00\x00", "a PostgreSQL server listens there: check the target's port"},
	{"<", hintDocument},
}

const hintDocument = "the upstream sends a document without an HTTP head (HTTP/0.9): check what runs on this port"

// spoken says what the first bytes of an answer look like; empty: nothing known.
func spoken(first string) string {
	for _, g := range greetings {
		if strings.HasPrefix(first, g.begins) {
			return g.hint
		}
	}
	switch {
	case len(first) >= 4 && first[1] == 0 && first[2] == 0 && first[3] == 0,
		len(first) >= 5 && first[1] == 0 && first[2] == 0 && first[4] == '\n':
		// A packet of up to 255 bytes, number 0: how MySQL and MariaDB greet.
		return "a MySQL server listens there: check the target's port"
	case len(first) >= 4 && first[0] == 0 && first[1] == 0 && first[3] == 4:
		// The head of a SETTINGS frame (RFC 9113 §4.1).
		return "the upstream speaks HTTP/2 without TLS (h2c, gRPC): use a transport for it"
	}
	return ""
}

// firstLineHint guesses from what stood where the first line of an answer was expected, or from
// that line's first word; empty: nothing known.
func firstLineHint(words string) string {
	begins := strings.ToUpper(strings.TrimPrefix(words, "\ufeff"))
	switch {
	case words == "":
		return "the upstream's answer begins with an empty line: look at what it sends first, and whether its answer before was longer than it said"
	case begins == "ICY", strings.HasPrefix(begins, "HTTP/"), strings.HasPrefix(begins, "RTSP/"), strings.HasPrefix(begins, "SIP/"):
		return "the upstream's status line begins with a version that HTTP/1.1 does not have, or has no status: look at what writes it (ICY is Shoutcast, HTTP/2 is no text)"
	case strings.HasSuffix(words, ":"):
		return "the upstream's answer begins with a header field and has no status line, as that of a CGI program: it needs a web server in front"
	}
	return spoken(words)
}

// quoted returns what net/http quotes behind a text of its own.
func quoted(text, prefix string) string {
	first, err := strconv.Unquote(strings.TrimSpace(strings.TrimPrefix(text, prefix)))
	if err != nil {
		return ""
	}
	return first
}

func recordHint(record tls.RecordHeaderError) string {
	switch hint := spoken(string(record.RecordHeader[:])); hint {
	case "":
	case hintDocument: // how some servers answer what they take for a broken request line
		return "the upstream speaks plain HTTP on this port: use http:// in the target"
	default:
		return hint
	}
	return "the upstream does not speak TLS on this port: check the target's scheme and port"
}

// statusHint guesses from the word that stood in the place of the status code.
func statusHint(word string) string {
	switch word {
	case "wrong", "unknown", "ERR":
		return "the upstream is no HTTP server, by its words a Redis server: check the target's port"
	case "frontend", "unsupported":
		return "the upstream is no HTTP server, by its words a PostgreSQL server: check the target's port"
	}
	if begins := strings.ToLower(word); strings.HasPrefix(begins, "html") || strings.HasPrefix(begins, "lang=") { // <!DOCTYPE html>
		return hintDocument
	}
	if _, err := strconv.Atoi(word); err == nil {
		return "the upstream sent a status that is not three digits: look at what it sets"
	}
	return "the upstream's first line is no HTTP status line: a mail, file or shell server (SMTP, FTP, SSH), a database? Check the target's port; or a program there prints something before its head"
}
