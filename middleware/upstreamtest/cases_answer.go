package upstreamtest

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// What the upstreams say. Connection: close, because each connection serves one request.
const (
	versionAlert = "\x15\x03\x01\x00\x02\x02\x46" // a fatal TLS alert, protocol_version (70)
	badRequest   = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	partOfBody   = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n" + hundred
	hundred      = "A hundred bytes of a thousand that were promised, and then nothing comes any more, nothing at all.\r\n"
)

// answered is a fault in an answer that had begun.
func answered(t diagnosis.Type) diagnosis.Diagnosis {
	return site(t, 502, diagnosis.Receive, diagnosis.Answered)
}

// says is an upstream that reads the request and says text.
func says(name, about, text string, t diagnosis.Type) Case {
	return Case{Name: name, About: about, Want: answered(t), start: serve("http", answer(text))}
}

func protocolCases() []Case {
	const wrong = diagnosis.HTTPProtocolError
	return []Case{
		says("http_protocol_error", "The upstream answers with bytes that are no protocol at all.",
			"\x00\x01\x02 no protocol \xff\r\n\r\n", wrong),
		// A real SSH server greets first. Here it waits for the request: net/http takes
		// what comes before it for an answer or for a broken connection, by chance.
		says("http_protocol_error_ssh", "An SSH server listens on the port of the upstream.",
			"SSH-2.0-OpenSSH_9.9\r\n", wrong),
		says("http_status_000", "The upstream answers with the status 000.",
			"HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", wrong),
		says("http_status_1000", "The upstream answers with the status 1000.",
			"HTTP/1.1 1000 Much\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", wrong),
	}
}

func headCases() []Case {
	return []Case{
		says("http_response_incomplete", "The upstream closes the connection between two header lines.",
			"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n", diagnosis.HTTPResponseIncomplete),
		says("http_header_malformed", "The upstream sends a header line without a colon.",
			"HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 0\r\n\r\n", diagnosis.HTTPProtocolError),
		says("http_response_header_section_size", "The upstream sends more header bytes than the gateway takes.",
			"HTTP/1.1 200 OK\r\nSet-Cookie: much="+strings.Repeat("x", 2*maxHeaderBytes)+"\r\nContent-Length: 0\r\n\r\n",
			diagnosis.HTTPResponseHeaderSectionSize),
		says("http_response_transfer_coding", "The upstream uses a transfer coding that nobody knows.",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: sparkle\r\n\r\n", diagnosis.HTTPResponseTransferCoding),
		says("http_upgrade_failed", "The upstream switches to another protocol, which nobody asked for.",
			"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: sparkle\r\n\r\n", diagnosis.HTTPUpgradeFailed),
	}
}

func bodyCases() []Case {
	return []Case{
		says("body_cut_short", "The upstream promises 1000 bytes, sends 100 and closes the connection.",
			partOfBody, diagnosis.HTTPResponseIncomplete),
		{
			Name: "body_reset", Want: answered(diagnosis.ConnectionTerminated), start: serve("http", resetAfter(partOfBody)),
			About: "The upstream promises 1000 bytes, sends 100 and resets the connection.",
		},
	}
}

func visitorCases() []Case {
	wrong := func(status int, p diagnosis.Party) diagnosis.Diagnosis {
		return diagnosis.Diagnosis{
			Type: diagnosis.HTTPRequestError, Status: status,
			Phase: diagnosis.Send, Party: p, Outcome: diagnosis.Undecided,
		}
	}
	return []Case{
		{
			Name: "http_request_error_413", Want: wrong(413, diagnosis.Visitor), start: serve("http", answer(badRequest)),
			About:  "The visitor sends more than the gateway takes.",
			Method: http.MethodPost, body: strings.Repeat("x", 8<<10), MaxBody: 1 << 10,
		},
		{
			Name: "http_request_error_400", Want: wrong(400, diagnosis.Network), start: serve("http", answer(badRequest)),
			About:  "The visitor's chunked upload is malformed.",
			Method: http.MethodPost, body: "5\r\nhello\r\nnot-a-size\r\n", part: breaksOff,
		},
		{
			Name: "visitor_left_waiting", start: serve("http", silence), part: leaves,
			About: "The visitor leaves while the upstream works on the answer.",
			Want:  diagnosis.Diagnosis{Phase: diagnosis.Receive, Party: diagnosis.Visitor, Outcome: diagnosis.Undecided},
		},
	}
}

func relayedCases() []Case {
	var all []Case
	for _, status := range []int{502, 503, 504} {
		text := strconv.Itoa(status)
		c := says("empty_"+text, "The upstream itself answers "+text+" and says nothing more.",
			"HTTP/1.1 "+text+" "+http.StatusText(status)+"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "")
		c.Want.Status = status
		all = append(all, c)
	}
	return all
}
