package upstreamtest

import (
	"context"
	"net/http"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// within is c with a gateway whose patience is bounded.
func (c Case) within(patience time.Duration) Case {
	c.ResponseTimeout = patience
	return c
}

func waitCases() []Case {
	terminated := Case{
		Name:  "connection_terminated",
		About: "The upstream reads the request and closes the connection without an answer.",
		Want:  unanswered(diagnosis.ConnectionTerminated, 502, "log"),
		start: serve("http", answer("")),
	}
	reset := Case{
		Name:  "connection_reset",
		About: "The upstream reads the request and resets the connection.",
		Want:  unanswered(diagnosis.ConnectionTerminated, 502, "reset"),
		start: serve("http", resetAfter("")),
	}
	timeout := Case{
		Name:  "http_response_timeout",
		About: "The upstream reads the request and never answers.",
		Want:  unanswered(diagnosis.HTTPResponseTimeout, 504, "timeout"),
		start: inVain(serve("http", silence)),
	}
	deadline := timeout
	deadline.Name, deadline.start = "http_response_deadline", serve("http", silence)
	deadline.About = "The gateway's patience ends before the upstream answers."
	return []Case{
		terminated, withBody(terminated), reset, withBody(reset), timeout, withBody(timeout), deadline.within(Limit),
		{
			Name:  "http_response_dripped",
			About: "The upstream sends the head of its answer byte by byte, without end.",
			Want:  site(diagnosis.HTTPResponseTimeout, 504, diagnosis.Receive, diagnosis.Answered, "timeout"),
			start: serve("http", drip), ResponseTimeout: Limit,
		},
	}
}

// keptCases are those of a connection that had served before. The request was read, so
// whether it was carried out is not known. A close that is noticed before the request is
// sent is no case: which of the two comes first nobody outside the transport can arrange.
func keptCases() []Case {
	kept := func(name, about, hint string, end player) Case {
		return posted(Case{
			Name: name, About: about, Want: unanswered(diagnosis.ConnectionTerminated, 502, hint), start: keep(end),
		})
	}
	return []Case{
		kept("kept_connection_closed", "The upstream closes a kept connection as a form arrives.", "log", closes),
		kept("kept_connection_reset", "The upstream resets a kept connection as a form arrives.", "reset", resets),
		posted(Case{
			Name: "kept_connection_left_over", Want: unanswered(diagnosis.HTTPProtocolError, 502, "more than its answer"),
			About: "The upstream's answer before was longer than it said: the rest comes as a form arrives.",
			start: keep(func(ctx context.Context, c *conn) { c.say("the rest\r\n" + noContent); closes(ctx, c) }),
		}),
	}
}

func uploadCases() []Case {
	const much = 32 << 20 // more than all buffers on the way
	return []Case{
		{
			Name: "upload_unread", Method: http.MethodPost, size: much, StallTimeout: Limit,
			About: "The upstream stops reading in the middle of an upload.",
			Want:  unsent(diagnosis.ConnectionWriteTimeout, 504, "read"),
			start: serve("http", leaveUnread),
		},
		{
			Name: "upload_cut", Method: http.MethodPost, size: much,
			About: "The upstream closes the connection in the middle of an upload.",
			Want:  unsent(diagnosis.ConnectionTerminated, 502, "upload"),
			start: serve("http", cutUpload),
		},
	}
}
