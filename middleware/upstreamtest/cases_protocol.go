package upstreamtest

import (
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// What other servers say.
const (
	junk       = "\x00\x01\x02 no protocol \xff\r\n\r\n"
	sshBanner  = "SSH-2.0-OpenSSH_9.9\r\n"
	smtpBanner = "220 mail.invalid ESMTP Postfix\r\n"
)

// wrong is an answer that is no HTTP/1.1.
func wrong(hint string) diagnosis.Diagnosis { return answered(diagnosis.HTTPProtocolError, hint) }

func protocolCases() []Case {
	return []Case{
		says("http_protocol_error", "The upstream answers with bytes that are no protocol at all.", junk, wrong("port")),
		says("http_status_000", "The upstream answers with the status 000.",
			"HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", wrong("status")),
		says("http_status_1000", "The upstream answers with the status 1000.",
			"HTTP/1.1 1000 Much\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", wrong("status")),
		says("http_status_no_number", "The upstream answers with a status that is no number.",
			"HTTP/1.1 abc Nothing\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", wrong("status")),
	}
}

// strangerCases are other servers on the port of the upstream. Some real ones greet
// first. Here they wait for the request: net/http takes what comes before it for an
// answer or for a broken connection, by chance.
func strangerCases() []Case {
	stranger := func(name, about, text, hint string) Case {
		return says("http_protocol_error_"+name, about, text, wrong(hint))
	}
	return []Case{
		stranger("ssh", "An SSH server listens on the port of the upstream.", sshBanner, "ssh"),
		stranger("smtp", "A mail server listens on the port of the upstream.",
			smtpBanner+"500 5.5.2 Error: bad syntax\r\n", "port"), // net/http tells no more than its name
		stranger("ftp", "An FTP server listens on the port of the upstream.",
			"220 (vsFTPd 3.0.5)\r\n530 Please login with USER and PASS.\r\n", "ftp"),
		stranger("mysql", "A MySQL server listens on the port of the upstream.",
			"J\x00\x00\x00\n8.4.3\x00\x08\x00\x00\x00abcdefgh\x00\xff\xff\xff\x02\x00\xff\xdf\x15"+
				strings.Repeat("\x00", 10)+"abcdefghijkl\x00caching_sha2_password\x00", "mysql"),
		stranger("postgresql", "A PostgreSQL server listens on the port of the upstream.",
			"E\x00\x00\x00\x42SFATAL\x00VFATAL\x00C0A000\x00Munsupported frontend protocol 18245.21536\x00\x00", "postgresql"),
		stranger("redis", "A Redis server listens on the port of the upstream.",
			"-ERR wrong number of arguments for 'get' command\r\n", "redis"),
		stranger("memcached", "A memcached server listens on the port of the upstream.",
			"ERROR\r\nERROR\r\n", "memcached"),
		stranger("fastcgi", "A FastCGI server, such as PHP-FPM, listens on the port of the upstream.",
			"\x01\x03\x00\x01\x00\x08\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00", "fastcgi"),
		stranger("http2", "The upstream speaks HTTP/2 alone, as gRPC servers do.",
			frameHead(6, frameSettings, 0, 0)+"\x00\x05\x00\x00\x40\x00"+
				frameHead(8, frameGoAway, 0, 0)+number(0)+number(codeProtocolError), "http/2"),
		stranger("http09", "The upstream answers with a page and no head, as in the days of HTTP/0.9.",
			"<html>\r\n<body>hello</body>\r\n</html>\r\n", "head"),
	}
}

// startLineCases are faults of the first line.
func startLineCases() []Case {
	return []Case{
		says("http_status_line_odd", "The upstream answers with a strange version and a status that is no number.",
			"HTTP/9 abc\r\n\r\n", wrong("status")),
		says("http_version_shoutcast", "The upstream answers with a version that HTTP does not have, as a radio server does.",
			"ICY 200 OK\r\nicy-name: radio\r\n\r\n", wrong("version")),
		says("http_version_two", "The upstream writes HTTP/2 into a status line of HTTP/1.1.",
			"HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n", wrong("version")),
		says("http_head_cgi", "The upstream answers with header fields and no status line, as a CGI program.",
			"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nok", wrong("cgi")),
		says("http_status_line_cut", "The upstream closes the connection within the first line of its answer.",
			"HTTP/1.1 2", wrong("status")).eitherCut(),
		says("http_status_line_giant", "The upstream sends a first line longer than the whole head may be.",
			"HTTP/1.1 200 "+strings.Repeat("x", 2*maxHeaderBytes)+"\r\n\r\n",
			answered(diagnosis.HTTPResponseHeaderSectionSize, "maxresponseheaderbytes")),
	}
}

// eitherCut is c where a line of the head does not end. net/http does not tell a line
// that was cut from one that is malformed.
func (c Case) eitherCut() Case {
	c.Alternative, c.Why = diagnosis.HTTPResponseIncomplete, "a cut line and a malformed one look alike"
	return c
}
