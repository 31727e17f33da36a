package upstreamtest

import (
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// over is an upstream that agrees to HTTP/2 and retorts to the request.
func over(name, about string, want diagnosis.Diagnosis, do retort) Case {
	return Case{Name: "http2_" + name, About: about, Want: want, start: serveHTTP2(do)}
}

// http2ResetCases are those of a stream that the upstream resets. Where the code is a
// promise that the request was not looked at, it counts as not sent. The upstream has had
// its word: so the phase is receive, whatever the type is mostly about.
func http2ResetCases() []Case {
	reset := func(name string, code uint32, want diagnosis.Diagnosis) Case {
		about := "The upstream resets the HTTP/2 stream with " + strings.ToUpper(want.Hint) + "."
		return over("reset_"+name, about, want, resetStream(code))
	}
	incomplete := func(hint string) diagnosis.Diagnosis {
		return unanswered(diagnosis.HTTPResponseIncomplete, 502, hint)
	}
	return []Case{
		reset("no_error", codeNone, incomplete("no_error")),
		reset("internal_error", codeInternalError, incomplete("internal_error")),
		reset("cancel", codeCancel, incomplete("cancel")),
		reset("enhance_your_calm", codeEnhanceYourCalm, unanswered(diagnosis.DestinationUnavailable, 503, "enhance_your_calm")),
		reset("inadequate_security", codeInadequateSecurity, unanswered(diagnosis.TLSProtocolError, 502, "inadequate_security")),
		reset("http11_required", codeHTTP11Required, unanswered(diagnosis.HTTPProtocolError, 502, "http_1_1_required")),
		posted(reset("refused_stream_post", codeRefusedStream, unprocessed(diagnosis.DestinationUnavailable, 503, "refused_stream"))),
		posted(reset("protocol_error_post", codeProtocolError, unanswered(diagnosis.HTTPProtocolError, 502, "protocol_error"))),
	}
}

// http2RepeatedCases are those where net/http repeats the request by itself, again and
// again, and in the end says nothing of why. That every single attempt was refused, and
// not only the last, cannot be seen: so what became of the request is unknown.
func http2RepeatedCases() []Case {
	return []Case{
		over("refused_stream", "The upstream refuses the HTTP/2 stream, however often it is asked.",
			unanswered(diagnosis.DestinationUnavailable, 503, "refused_stream"), resetStream(codeRefusedStream)).within(2 * Limit),
		over("protocol_error", "The upstream resets the HTTP/2 stream with PROTOCOL_ERROR, however often it is asked.",
			unanswered(diagnosis.HTTPProtocolError, 502, "protocol_error"), resetStream(codeProtocolError)).within(2 * Limit),
	}
}

// http2GoAwayCases are those of a connection that the upstream ends in good order. A
// stream above the last one that it names was not looked at: a promise again.
func http2GoAwayCases() []Case {
	return []Case{
		over("goaway", "The upstream takes the request and ends the HTTP/2 connection with NO_ERROR.",
			unanswered(diagnosis.ConnectionTerminated, 502, "goaway"), goAway(codeNone, true)),
		over("goaway_internal_error", "The upstream takes the request and ends the HTTP/2 connection with INTERNAL_ERROR.",
			unanswered(diagnosis.HTTPProtocolError, 502, "internal_error"), goAway(codeInternalError, true)),
		over("goaway_enhance_your_calm", "The upstream takes the request and ends the HTTP/2 connection with ENHANCE_YOUR_CALM.",
			unanswered(diagnosis.DestinationUnavailable, 503, "enhance_your_calm"), goAway(codeEnhanceYourCalm, true)),
		over("goaway_untaken", "The upstream ends the HTTP/2 connection with INTERNAL_ERROR and does not take the request.",
			unprocessed(diagnosis.HTTPProtocolError, 502, "internal_error"), goAway(codeInternalError, false)),
		posted(over("goaway_untaken_post", "The upstream ends the HTTP/2 connection in good order and does not take the form.",
			unprocessed(diagnosis.DestinationUnavailable, 503, "goaway"), goAway(codeNone, false))),
	}
}

// http2LostCases are those where nothing comes any more.
func http2LostCases() []Case {
	lost := unanswered(diagnosis.ConnectionTerminated, 502, "log")
	silent := over("response_timeout", "The upstream reads the request by HTTP/2 and never answers.",
		unanswered(diagnosis.HTTPResponseTimeout, 504, "timeout"), noRetort)
	silent.start = inVain(silent.start)
	return []Case{
		over("connection_cut", "The upstream reads the request by HTTP/2 and closes the connection.", lost, cutConnection),
		over("connection_reset", "The upstream reads the request by HTTP/2 and resets the connection.", lost, resetConnection),
		silent,
	}
}
