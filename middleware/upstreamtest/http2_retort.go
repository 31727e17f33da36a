package upstreamtest

import "context"

// resetStream refuses the stream with a code. It takes a moment, as some transports ask
// again at once.
func resetStream(code uint32) retort {
	return func(ctx context.Context, h *h2, stream uint32) {
		sleep(ctx, pause)
		h.send(frameReset, 0, stream, number(code))
	}
}

// goAway says that the connection ends and which stream is the last that was taken: the
// one of the request, or an earlier one. Then it ends.
func goAway(code uint32, taken bool) retort {
	return func(ctx context.Context, h *h2, stream uint32) {
		sleep(ctx, pause)
		if !taken {
			stream = 0
		}
		h.send(frameGoAway, 0, 0, number(stream)+number(code))
		cutConnection(ctx, h, stream)
	}
}

// cutConnection ends what lies under TLS.
func cutConnection(_ context.Context, h *h2, _ uint32) {
	if tcp := h.tcp(); tcp != nil {
		_ = tcp.CloseWrite()
	}
}

// resetConnection resets what lies under TLS.
func resetConnection(ctx context.Context, h *h2, _ uint32) {
	sleep(ctx, pause)
	if tcp := h.tcp(); tcp != nil {
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
	}
}

// noRetort reads on and never says anything.
func noRetort(context.Context, *h2, uint32) {}

// sends answers with frames as they are written.
func sends(frames ...func(stream uint32) string) retort {
	return func(_ context.Context, h *h2, stream uint32) {
		for _, f := range frames {
			h.say(f(stream))
		}
	}
}

// heads is a frame with a whole header section.
func heads(section string) func(uint32) string { return framed(frameHeaders, flagEndHeaders, section) }

// framed is a frame of the request's stream.
func framed(kind, flags byte, payload string) func(uint32) string {
	return func(stream uint32) string { return frameHead(len(payload), kind, flags, stream) + payload }
}

// raw are bytes that need be no frame.
func raw(text string) func(uint32) string { return func(uint32) string { return text } }
