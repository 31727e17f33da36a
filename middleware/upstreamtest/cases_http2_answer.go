package upstreamtest

import (
	"context"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// statusOK is the whole header section of an answer with the status 200.
const statusOK = "\x88"

// http2HeadCases are malformed heads. The answer had begun, though net/http tells no
// first byte before it has understood the head: what it finds wrong in a stream proves
// that there was something.
func http2HeadCases() []Case {
	head := func(name, about, section, hint string) Case {
		return over(name, about, wrong(hint), sends(framed(frameHeaders, flagEndHeaders|flagEndStream, section)))
	}
	large := strings.Repeat(field("set-cookie", strings.Repeat("x", 8<<10)), 3)
	return []Case{
		head("status_malformed", "The upstream answers by HTTP/2 with a status that is no number.", status("abc"), "status"),
		head("status_missing", "The upstream answers by HTTP/2 without a status.", field("x-lonely", "1"), "status"),
		head("status_1000", "The upstream answers by HTTP/2 with the status 1000.", status("1000"), "status"),
		head("status_099", "The upstream answers by HTTP/2 with the status 099.", status("099"), "status"),
		head("header_uppercase", "The upstream answers by HTTP/2 with a header name in capitals.", statusOK+field("X-Loud", "1"), "header"),
		over("header_section_size", "The upstream sends more header bytes by HTTP/2 than the gateway takes.",
			answered(diagnosis.HTTPResponseHeaderSectionSize, "maxresponseheaderbytes"),
			sends(framed(frameHeaders, 0, statusOK+large[:len(large)/2]), framed(frameContinuation, flagEndHeaders, large[len(large)/2:]))),
		over("data_first", "The upstream sends a body by HTTP/2 before the head.", wrong("head"),
			sends(framed(frameData, flagEndStream, hundred))),
	}
}

// http2FrameCases are faults that end the whole connection. They may have been meant for
// another request: what became of this one is unknown.
func http2FrameCases() []Case {
	fault := func(name, about string, do retort) Case {
		return over(name, about, unanswered(diagnosis.HTTPProtocolError, 502, "http/2"), do)
	}
	return []Case{
		fault("frame_oversized", "The upstream sends a larger HTTP/2 frame than it may.",
			sends(raw(frameHead(0xffffff, frameData, 0, 1)))),
		fault("http1_bytes", "The upstream agrees to HTTP/2 and answers by HTTP/1.1.", sends(raw(badRequest))),
		fault("push_promise", "The upstream pushes by HTTP/2 what nobody asked for.",
			sends(framed(framePushPromise, flagEndHeaders, number(2)+"\x82\x84\x86"))),
		fault("hpack_malformed", "The upstream sends a header by HTTP/2 that cannot be decompressed.",
			sends(heads("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))),
	}
}

func http2BodyCases() []Case {
	const thousand = statusOK + "\x0f\x0d\x041000" // content-length, by its number in HPACK's table
	return []Case{
		over("body_short", "The upstream promises 1000 bytes by HTTP/2, sends 100 and ends the stream.",
			answered(diagnosis.HTTPResponseIncomplete, "content-length"),
			sends(heads(thousand), framed(frameData, flagEndStream, hundred))),
		over("body_reset", "The upstream promises 1000 bytes by HTTP/2, sends 100 and resets the stream.",
			answered(diagnosis.HTTPResponseIncomplete, "internal_error"),
			sends(heads(thousand), framed(frameData, 0, hundred), framed(frameReset, 0, number(codeInternalError)))),
		over("body_cut", "The upstream promises 1000 bytes by HTTP/2, sends 100 and closes the connection.",
			answered(diagnosis.HTTPResponseIncomplete, "log"),
			func(ctx context.Context, h *h2, stream uint32) {
				sends(heads(thousand), framed(frameData, 0, hundred))(ctx, h, stream)
				cutConnection(ctx, h, stream)
			}),
	}
}
