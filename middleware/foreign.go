package middleware

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// Functions of the host program are called while a request fails, and in goroutines where
// nobody recovers. A panic of theirs costs neither the answer nor the process: it becomes a
// record, and the default of the function is used. Those that a request passes through,
// handlers and RoundTrippers, are not among them: their panics are the host's.

// guardFunctions puts such a function in the place of each in the Config.
func (c *Config) guardFunctions() {
	c.Logger = slog.New(guardedLog{c.Logger.Handler()})
	log := c.Logger
	if f := c.BrandOf; f != nil {
		c.BrandOf = func(r *http.Request) (key string) {
			defer caught(log, "Config.BrandOf")
			return f(r) // else no key, which means Brand
		}
	}
	if f := c.Skip; f != nil {
		c.Skip = func(r *http.Request) (skips bool) {
			defer caught(log, "Config.Skip")
			return f(r)
		}
	}
	if f := c.Now; f != nil {
		c.Now = func() (now time.Time) {
			defer func() {
				if now.IsZero() {
					now = time.Now()
				}
			}()
			defer caught(log, "Config.Now")
			return f()
		}
	}
	if f := c.OnFailure; f != nil {
		c.OnFailure = func(r *http.Request, i *Incident) {
			defer caught(log, "Config.OnFailure")
			f(r, i)
		}
	}
}

// caught recovers, and tells the operator of the panic. It is to be deferred.
func caught(log *slog.Logger, what string) {
	if v := recover(); v != nil {
		tellPanic(log, what, v)
	}
}

func tellPanic(log *slog.Logger, what string, v any) {
	p := newPanicked(v)
	log.Error(what+" panicked", field("cause", cause(p)), stackField(p))
}

var errPanicked = errors.New("it panicked")

var errUnspeakable = errors.New("an error whose methods panic")

// A guardedLog is the operator's log. Where it panics there is nobody to tell.
type guardedLog struct{ slog.Handler }

func (l guardedLog) Enabled(ctx context.Context, level slog.Level) (enabled bool) {
	defer func() { _ = recover() }()
	return l.Handler.Enabled(ctx, level)
}

func (l guardedLog) Handle(ctx context.Context, r slog.Record) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the log panicked: %v", v)
		}
	}()
	return l.Handler.Handle(ctx, r)
}

func (l guardedLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return guardedLog{l.Handler.WithAttrs(attrs)}
}

func (l guardedLog) WithGroup(name string) slog.Handler { return guardedLog{l.Handler.WithGroup(name)} }
