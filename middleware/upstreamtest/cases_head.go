package upstreamtest

import (
	"net/http"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

const (
	headOfMuch = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n"
	earlyHints = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
	halfHead   = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
)

func headCases() []Case {
	head := func(name, about, lines, hint string) Case {
		return says("http_header_"+name, about, "HTTP/1.1 200 OK\r\n"+lines+"\r\nContent-Length: 0\r\n\r\n", wrong(hint))
	}
	size := answered(diagnosis.HTTPResponseHeaderSectionSize, "maxresponseheaderbytes")
	return []Case{
		says("http_response_incomplete", "The upstream closes the connection between two header lines.",
			halfHead, answered(diagnosis.HTTPResponseIncomplete, "log")),
		{
			Name: "http_response_incomplete_reset", About: "The upstream resets the connection between two header lines.",
			// The kernel's word is lost on the way: net/http says the same as for a close.
			Want: answered(diagnosis.HTTPResponseIncomplete, "log"), start: serve("http", resetAfter(halfHead)),
		},
		says("http_header_cut", "The upstream closes the connection within a header line.", halfHead+"X-Cut", wrong("header")).eitherCut(),
		head("malformed", "The upstream sends a header line without a colon.", "this is no header", "header"),
		head("leading_space", "The upstream's first header line begins with a space.", " X-Early: 1", "header"),
		head("nul", "The upstream sends a header value with a NUL.", "X-Nul: a\x00b", "header"),
		says("http_response_header_section_size", "The upstream sends more header bytes than the gateway takes.",
			"HTTP/1.1 200 OK\r\nSet-Cookie: much="+strings.Repeat("x", 2*maxHeaderBytes)+"\r\nContent-Length: 0\r\n\r\n", size),
		says("http_response_header_section_size_many", "The upstream sends more header lines than the gateway takes.",
			"HTTP/1.1 200 OK\r\n"+strings.Repeat("Set-Cookie: one=more\r\n", maxHeaderBytes/10)+"Content-Length: 0\r\n\r\n", size),
	}
}

// framingCases are heads that do not say where the body ends.
func framingCases() []Case {
	framing := func(name, about, lines string, want diagnosis.Diagnosis) Case {
		return says(name, about, "HTTP/1.1 200 OK\r\n"+lines+"\r\n\r\nhello", want)
	}
	coding := answered(diagnosis.HTTPResponseTransferCoding, "coding")
	return []Case{
		framing("http_content_length_negative", "The upstream announces a body of less than nothing.",
			"Content-Length: -5", wrong("content-length")),
		framing("http_content_length_differing", "The upstream announces two lengths of the same body.",
			"Content-Length: 5\r\nContent-Length: 6", wrong("content-length")),
		framing("http_response_transfer_coding", "The upstream uses a transfer coding that nobody knows.",
			"Transfer-Encoding: sparkle", coding),
		framing("http_response_transfer_coding_twice", "The upstream uses a transfer coding that nobody knows on top of a known one.",
			"Transfer-Encoding: chunked\r\nTransfer-Encoding: sparkle", coding),
	}
}

// interimCases are those of an upstream that says only that it will answer. Interim
// answers count as a beginning: the upstream has the request.
func interimCases() []Case {
	cut := says("http_interim_cut", "The upstream sends early hints and closes the connection.",
		earlyHints, answered(diagnosis.HTTPResponseIncomplete, "log"))
	cut.Alternative, cut.Why = diagnosis.ConnectionTerminated, "whether early hints are part of the answer is a matter of taste"
	return []Case{
		cut,
		{
			Name: "http_interim_flood", About: "The upstream sends early hints again and again, and no answer.",
			Want:  site(diagnosis.HTTPResponseTimeout, 504, diagnosis.Receive, diagnosis.Answered, "timeout"),
			start: inVain(serve("http", flood)),
		},
	}
}

func upgradeCases() []Case {
	const sparkle = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: sparkle\r\n\r\n"
	failed := answered(diagnosis.HTTPUpgradeFailed, "protocol")
	other := says("http_upgrade_failed_other", "The upstream switches to another protocol than the visitor asked for.", sparkle, failed)
	other.header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}
	return []Case{
		says("http_upgrade_failed", "The upstream switches to another protocol, which nobody asked for.", sparkle, failed),
		other,
	}
}
