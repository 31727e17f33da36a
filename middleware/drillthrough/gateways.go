package drillthrough

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// newAnswer reads what the head says of the way that the answer took.
func newAnswer(res *http.Response) *Answer {
	return &Answer{
		Protocol:    printable(res.Proto, shortText),
		Status:      res.StatusCode,
		Location:    printable(res.Header.Get("Location"), longText),
		Server:      printable(res.Header.Get("Server"), shortText),
		Via:         parseVia(res.Header.Values("Via")),
		ProxyStatus: parseProxyStatus(res.Header.Values("Proxy-Status")),
	}
}

// parseVia reads Via (RFC 9110 §7.6.3) as far as it is sound. Each gateway adds itself at
// the end, so the last one is the nearest.
func parseVia(lines []string) (gateways []Gateway) {
	for _, element := range splitVia(strings.Join(lines, ",")) {
		rest, comment, _ := strings.Cut(element, "(")
		words := strings.Fields(rest)
		if len(words) < 2 {
			continue
		}
		g := Gateway{Name: printable(words[1], shortText), Protocol: printable(words[0], shortText)}
		g.Comment = printable(strings.TrimSuffix(strings.TrimSpace(comment), ")"), shortText)
		gateways = append(gateways, g)
	}
	return nearestFirst(gateways)
}

// splitVia splits at commas outside of comments, which nest.
func splitVia(field string) (elements []string) {
	depth, from := 0, 0
	for i := 0; i < len(field); i++ {
		switch c := field[i]; {
		case c == '\\' && depth > 0:
			i++ // what is quoted has no meaning
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == ',' && depth == 0:
			elements = append(elements, field[from:i])
			from = i + 1
		}
	}
	return append(elements, field[from:])
}

// parseProxyStatus reads Proxy-Status (RFC 9209 §2), a list; the last member is the nearest.
func parseProxyStatus(lines []string) (gateways []Gateway) {
	list, err := httpsfv.UnmarshalList(lines)
	if err != nil {
		return nil
	}
	for _, member := range list {
		item, ok := member.(httpsfv.Item)
		name := asText(item.Value)
		if !ok || name == "" {
			continue
		}
		g := Gateway{
			Name: printable(name, shortText), Error: param(item, "error"), NextHop: param(item, "next-hop"),
			Protocol: param(item, "next-protocol"), Details: param(item, "details"),
		}
		if status, ok := item.Params.Get("received-status"); ok {
			if number, ok := status.(int64); ok && number >= 100 && number <= 999 {
				g.ReceivedStatus = int(number)
			}
		}
		gateways = append(gateways, g)
	}
	return nearestFirst(gateways)
}

func param(item httpsfv.Item, name string) string {
	value, _ := item.Params.Get(name)
	return printable(asText(value), shortText)
}

// asText returns a Token or String; RFC 9209 has both in its examples.
func asText(value any) string {
	switch v := value.(type) {
	case httpsfv.Token:
		return string(v)
	case string:
		return v
	}
	return ""
}

// nearestFirst turns the order round and keeps the nearest ones.
func nearestFirst(gateways []Gateway) []Gateway {
	slices.Reverse(gateways)
	return gateways[:min(len(gateways), maxListed)]
}

// relayed is a failure that the upstream reports itself: no link to it is broken, but one
// behind it, or the upstream's own program.
func relayed(res *http.Response) *Fault {
	d := diagnosis.Relayed(res.StatusCode, res.Header, time.Now())
	for _, g := range parseProxyStatus(res.Header.Values("Proxy-Status")) {
		if d.Type != "" && g.Error == string(d.Type) {
			d.Hint = fmt.Sprintf("%s, a gateway behind this link, reports %s: look at its log, and at what is behind it", g.Name, d.Type)
			break
		}
	}
	return &Fault{d, printable(strings.TrimSpace(fmt.Sprintf("status %d %s", res.StatusCode, http.StatusText(res.StatusCode))), longText)}
}
