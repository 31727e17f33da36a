package upstreamtest

import (
	"net/http"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// halfForm is a part of the hundred bytes that a raw visitor announces.
const halfForm = "order=1&this+is+not+all"

// visitorCases are faults of the visitor's request.
func visitorCases() []Case {
	fault := func(status int, p diagnosis.Party, hint string) diagnosis.Diagnosis {
		return diagnosis.Diagnosis{
			Type: diagnosis.HTTPRequestError, Status: status,
			Phase: diagnosis.Send, Party: p, Outcome: diagnosis.OutcomeUnknown, Hint: hint,
		}
	}
	// The proxy refuses before it calls the transport: there is no cycle yet.
	unprintable := fault(400, diagnosis.Visitor, "upgrade")
	unprintable.Phase, unprintable.Outcome = "", diagnosis.NotSent
	return []Case{
		{
			Name: "http_request_error_413", Want: fault(413, diagnosis.Visitor, "limit"), start: serve("http", answer(badRequest)),
			About:  "The visitor sends more than the gateway takes.",
			Method: http.MethodPost, size: 8 << 10, MaxBody: 1 << 10,
		},
		{
			Name: "http_request_error_413_chunked", Want: fault(413, diagnosis.Visitor, "limit"), start: serve("http", answer(badRequest)),
			About:  "The visitor sends more than the gateway takes, without saying how much it will be.",
			Method: http.MethodPost, size: 8 << 10, MaxBody: 1 << 10, part: chunks,
		},
		{
			Name: "http_request_error_400", Want: fault(400, diagnosis.Network, "chunk"), start: serve("http", answer(badRequest)),
			About:  "The visitor's chunked upload is malformed.",
			Method: http.MethodPost, body: "5\r\nhello\r\nnot-a-size\r\n", part: breaksOff,
		},
		{
			Name: "http_request_error_408", Want: fault(408, diagnosis.Network, "timeout"), start: serve("http", silence),
			About:  "The visitor stops in the middle of an upload.",
			Method: http.MethodPost, body: halfForm, part: stops, ReadTimeout: Limit,
		},
		{
			Name: "http_request_error_upgrade", Want: unprintable, start: serve("http", answer(badRequest)),
			About:  "The visitor asks for a protocol whose name cannot be printed.",
			header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"wébsocket"}},
		},
	}
}

// leavingCases are those where nobody is there to be answered.
func leavingCases() []Case {
	gone := func(p diagnosis.Phase, o diagnosis.Outcome) diagnosis.Diagnosis {
		return diagnosis.Diagnosis{Phase: p, Party: diagnosis.Visitor, Outcome: o}
	}
	uploading := Case{
		About: "The visitor leaves in the middle of an upload.",
		Name:  "visitor_left_uploading", Method: http.MethodPost, body: halfForm, part: leavesUploading,
		Want: gone(diagnosis.Send, diagnosis.OutcomeUnknown), start: serve("http", silence),
	}
	half := uploading
	half.Name, half.part = "visitor_left_half_closed", halfCloses
	half.About = "The visitor sends a part of an upload and says that this is all."
	return []Case{
		uploading,
		half,
		{
			Name: "visitor_left_waiting", start: serve("http", silence), part: leaves,
			About: "The visitor leaves while the upstream works on the answer.",
			Want:  gone(diagnosis.Receive, diagnosis.OutcomeUnknown),
		},
		{
			Name: "visitor_left_downloading", start: serve("http", pour), part: leavesDownloading,
			About: "The visitor leaves in the middle of a large answer.",
			Want:  gone(diagnosis.Receive, diagnosis.Answered),
		},
	}
}
