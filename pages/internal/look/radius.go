package look

import (
	"errors"
	"strconv"
	"strings"
)

// maxRadius is, in rem of 16px, where boxes begin to lose their corners' text.
const maxRadius = 2

var errRadius = errors.New("want 0 or a length up to 32px or 2rem, such as 6px or 0.5rem")

// parseRadius reads a length and writes it anew.
func parseRadius(text string) (string, error) {
	if text == "0" {
		return "0px", nil // calc() knows no other nought
	}
	for unit, scale := range map[string]float64{"px": 16, "rem": 1} {
		number, ok := strings.CutSuffix(text, unit)
		if !ok || number == "" || strings.Trim(number, "0123456789.") != "" {
			continue
		}
		v, err := strconv.ParseFloat(number, 64)
		if err != nil || v > maxRadius*scale {
			return "", errRadius
		}
		return strconv.FormatFloat(v, 'f', -1, 64) + unit, nil
	}
	return "", errRadius
}
