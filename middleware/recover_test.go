package middleware_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

type errOfShop struct{ order int }

func (errOfShop) Error() string { return "the shop is closed" }

// deeper has a stack that no record has room for.
func deeper(n int, v any) {
	if n == 0 {
		panic(v)
	}
	deeper(n-1, v)
}

// TestRecoverKeepsValueAndStack: for the operator, and for who asks the incident.
func TestRecoverKeepsValueAndStack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		value any
		depth int
	}{
		{"an error", errOfShop{7}, 0},
		{"a text", "oops", 0},
		{"an error whose text panics", errPanics{}, 0},
		{"a nil pointer", (*errNilPointer)(nil), 0},
		{"a deep stack", "oops", 1000},
		{"nil, which Go makes an error of", nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log lockedBuffer
			report, reported := incidents()
			mw := newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewJSONHandler(&log, nil)), OnFailure: report})
			s := serve(t, mw.Recover(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { deeper(c.depth, c.value) })))
			got := get(t, s.URL, "Accept: text/html")
			i := next(t, reported)
			s.Close()
			var record struct{ Cause, Stack string }
			if err := json.Unmarshal([]byte(log.String()), &record); err != nil {
				t.Fatal(err)
			}
			if got.status != 500 || !strings.HasPrefix(got.body, page) || strings.Contains(got.body, "deeper") {
				t.Errorf("status %d, body %.60q", got.status, got.body)
			}
			if !strings.Contains(record.Stack, "middleware_test.deeper(") || strings.HasPrefix(record.Stack, "goroutine") || strings.Contains(record.Stack, "\n") || len(record.Stack) > 9<<10 {
				t.Errorf("stack of %d bytes: %.200s", len(record.Stack), record.Stack)
			}
			var kept interface {
				Value() any
				Stack() []byte
			}
			if !errors.As(i.Err, &kept) || len(kept.Stack()) == 0 || c.value != nil && kept.Value() != c.value {
				t.Errorf("%#v keeps no value", i.Err)
			}
			if of, ok := c.value.(errOfShop); ok {
				var shop errOfShop
				if !errors.As(i.Err, &shop) || shop != of {
					t.Errorf("%#v is no error of the shop", i.Err)
				}
			}
		})
	}
}
