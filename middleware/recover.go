package middleware

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// Recover returns a handler that answers for a panic of next with the page for status
// 500 and reports it. [http.ErrAbortHandler] and a panic after the response has started
// still end the connection: the visitor must not take half an answer for a whole one.
// Put it inside [Middleware.Wrap]; without one it brings its own.
//
// The record has the stack. [Incident].Err has the value: [errors.As] and [errors.Is] find
// it where it is an error, and any value, with its stack, by an interface with the methods
// Value() any and Stack() []byte.
func (m *Middleware) Recover(next http.Handler) http.Handler {
	return m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchangeOf(r.Context())
		if x == nil || !x.wrapped() {
			next.ServeHTTP(w, r) // left alone by Config.Skip
			return
		}
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				x.panicked(w, newPanicked(v))
			}
		}()
		next.ServeHTTP(w, r)
	}))
}

// panicked answers for a panic where nothing was sent yet, and ends the response visibly
// where something was.
func (x *exchange) panicked(w http.ResponseWriter, p *panicked) {
	started := !x.w.untouched()
	if x.incident != nil {
		x.incident.trips = -1 // this is another failure, whatever came before it
	}
	err := &diagnosis.Error{Type: diagnosis.ProxyInternalError, Hint: "a handler of the gateway panicked", Err: p}
	x.recorder.Choose(nil, err)
	x.fail(w, x.innermost(), err)
	if started {
		panic(http.ErrAbortHandler)
	}
}

// A panicked is a panic as an error.
type panicked struct {
	value any
	stack []byte
}

// newPanicked is to be called in the deferred function that recovered.
func newPanicked(v any) *panicked { return &panicked{v, debug.Stack()} }

func (p *panicked) Error() string { return fmt.Sprint("panic: ", p.value) }
func (p *panicked) Value() any    { return p.value }
func (p *panicked) Stack() []byte { return p.stack }

func (p *panicked) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// maxStack is how many bytes of a stack get into a record.
const maxStack = 8 << 10

// stackField is the attribute of a record: the calls from the one that panicked on, in one
// line.
func stackField(p *panicked) slog.Attr {
	text := strings.TrimSpace(string(p.stack))
	if _, after, ok := strings.Cut(text, "\npanic("); ok {
		_, after, _ = strings.Cut(after, "\n") // its arguments, and the line where it stands
		_, text, _ = strings.Cut(after, "\n")
	}
	return slog.String("stack", printable(strings.NewReplacer("\n\t", " ", "\n", "; ").Replace(text), maxStack))
}
