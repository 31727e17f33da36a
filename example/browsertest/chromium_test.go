package browsertest

import (
	"context"
	"os"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is a browser that speaks the Chrome DevTools Protocol.
type chromium struct{ ctx context.Context }

func startChromium() (browser, error) {
	path, err := find("FIVEOHTWO_CHROMIUM", "chromium", "chromium-browser", "google-chrome")
	if err != nil {
		return nil, err
	}
	dir, err := theSuite.tempDir("chromium")
	if err != nil {
		return nil, err
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.Env(home(dir)...),
		chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-breakpad", true),
		chromedp.Flag("no-sandbox", os.Geteuid() == 0),
		chromedp.Flag("disable-dev-shm-usage", true), // it is small in containers
	}
	allocator, free := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	theSuite.atEnd(func() error {
		last, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		defer free() // kills it, if it still runs, and waits
		return chromedp.Cancel(last)
	})
	// The browser lives as long as the context that it is started with: that gets no
	// deadline, but an alarm.
	alarm := time.AfterFunc(time.Minute, stop)
	defer alarm.Stop()
	return chromium{ctx}, chromedp.Do(ctx)
}

func (b chromium) newTab(ctx context.Context) (tab, error) {
	t := &chromiumTab{seen: newRecord()}
	var stop context.CancelFunc
	t.ctx, stop = chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(t.hear))
	defer context.AfterFunc(ctx, stop)()
	// chromedp would fetch the whole tree of each page, which nobody here wants.
	return t, chromedp.Do(t.ctx, call(css.Disable, cdp.Empty{}), call(dom.Disable, cdp.Empty{}))
}

type chromiumTab struct {
	ctx  context.Context
	seen *record
}

// hear runs for each event, before the answer to any later command.
func (t *chromiumTab) hear(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if strings.HasPrefix(e.Request.URL, "http") {
			t.seen.request(e.Request.URL)
		}
	case *network.EventResponseReceived:
		t.seen.answer(e.Response.URL, int(e.Response.Status))
	case *log.EventEntryAdded:
		t.seen.message(strings.TrimSpace(e.Entry.Text + " " + e.Entry.URL))
	case *runtime.EventConsoleAPICalled:
		text := string(e.Type)
		for _, arg := range e.Args {
			text += " " + string(arg.Value) + arg.Description
		}
		t.seen.message(text)
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		t.seen.message(text)
	case *page.EventJavascriptDialogOpening:
		t.seen.message("a dialog: " + e.Message)
	case *page.EventLoadEventFired:
		t.seen.loaded()
	}
}

func (t *chromiumTab) look(ctx context.Context, v view) error {
	media, scheme := "screen", "light"
	if v.Print {
		media = "print"
	}
	if v.Dark {
		scheme = "dark"
	}
	return t.do(ctx,
		call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(v.Width), Height: int64(v.Height), DeviceScaleFactor: 1, Mobile: v.Width < 600,
		}),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media: media,
			Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
			},
		}),
		call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.NoScript}),
		call(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": v.language()}}))
}

func (t *chromiumTab) preload(ctx context.Context, function string) error {
	return t.do(ctx, call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: "(" + function + ")()",
	}))
}

func (t *chromiumTab) open(ctx context.Context, url string) error {
	t.seen.clear()
	return t.do(ctx, chromedp.Navigate(url))
}

func (t *chromiumTab) evaluate(ctx context.Context, expression string) (string, error) {
	ctx, cancel := t.within(ctx)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[string](asJSON(expression), chromedp.EvalAwaitPromise))
}

func (t *chromiumTab) click(ctx context.Context, x, y float64) error {
	return t.do(ctx, chromedp.MouseClickXY(x, y))
}

func (t *chromiumTab) press(ctx context.Context, key string) error {
	return t.do(ctx, chromedp.KeyEvent(key))
}

func (t *chromiumTab) screenshot(ctx context.Context) ([]byte, error) {
	ctx, cancel := t.within(ctx)
	defer cancel()
	return chromedp.Run(ctx, chromedp.FullScreenshot(100))
}

func (t *chromiumTab) record() *record { return t.seen }

func (t *chromiumTab) close(ctx context.Context) error {
	ctx, cancel := t.within(ctx)
	defer cancel()
	return chromedp.Cancel(ctx)
}

func (t *chromiumTab) do(ctx context.Context, steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := t.within(ctx)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// within is the tab's context, which also ends with ctx.
func (t *chromiumTab) within(ctx context.Context) (context.Context, context.CancelFunc) {
	both, cancel := context.WithCancelCause(t.ctx)
	stop := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	return both, func() { stop(); cancel(nil) }
}

// call makes a protocol command an action without a value.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, command, params)
		return chromedp.Void{}, err
	}
}
