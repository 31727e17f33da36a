package middleware

import (
	"fmt"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A lengthFault says what became of the Content-Length of a response that has begun.
type lengthFault uint8

const (
	lengthSound lengthFault = iota
	lengthOver              // more was written than it says
	lengthLost              // the visitor did not take it all: nobody can tell
)

// sawWrite notes how a write into a response that has begun went.
func (w *writer) sawWrite(err error, isOver bool) {
	switch {
	case isOver:
		w.fault = lengthOver
	case err != nil && w.fault == lengthSound:
		w.fault = lengthLost
	}
}

// checkLength notes a response whose body did not have the length that its head told: its
// handler, or a ModifyResponse, changed one and not the other. The server ends one visibly
// that falls short.
func (w *writer) checkLength() {
	switch {
	case w.phase != committed || w.length < 0 || w.x.incident != nil || w.x.r.Context().Err() != nil:
	case w.fault == lengthOver && w.out >= w.length && w.x.proxied == nil: // the handler was told so, and what it declared is there
	case w.fault == lengthOver:
		w.failLength(w.length + 1)
	case w.fault == lengthSound && w.out < w.length && w.x.returned:
		w.failLength(w.out)
	}
}

// failLength answers for a body of got bytes, or more, and a head that tells another length.
// Where the response has begun and not all of its length is out, everybody sees that; else it
// is cut off, as it would look whole.
func (w *writer) failLength(got int64) {
	err := &diagnosis.Error{
		Type: diagnosis.ProxyInternalError,
		Hint: "a ModifyResponse or a handler of the gateway changed the answer's body and not its Content-Length: set both, or delete the field",
		Err:  fmt.Errorf("%d bytes of a body whose Content-Length is %d", got, w.length),
	}
	if w.phase == committed && w.out < w.length {
		w.x.keepIncident(w.x.diagnose(w.x.innermost(), err), err)
		return
	}
	if w.phase == held {
		w.drop()
	}
	w.x.fail(w, w.x.innermost(), err)
}
