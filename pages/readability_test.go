package pages

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// The grade of Flesch and Kincaid is the school year that a text asks for:
//
//	0.39 × words per sentence + 11.8 × syllables per word − 15.59
//
// A variant is a page as one kind of visitor sees it. Its blocks are headings,
// paragraphs, list items, labels and summaries. The line's stations and the lists of
// values are left out: names and single words are no sentences. A block of fewer than
// six words, such as "Open a connection", counts in the mean alone: by itself it is too
// short for the formula. The site has a short name, and times are a word, as these are not our text.
const maxMeanGrade, maxBlockGrade, minWords = 5, 7, 6

func TestReadability(t *testing.T) {
	type variant struct {
		name  string
		brand Brand
		view  View
	}
	var variants []variant
	for _, kind := range diagnosis.Types() {
		for _, method := range []string{"GET", "POST"} {
			variants = append(variants, variant{string(kind) + " " + method, shop, failed(kind.Diagnosis(), method)})
		}
	}
	for _, s := range samples() {
		variants = append(variants, variant{s.name, s.brand, s.in(lang(t, "en"))})
	}
	for i := range variants {
		variants[i].brand.Site, variants[i].view.Host = "Shop", "shop"
	}
	var table strings.Builder
	grades, blocks := map[string]float64{}, map[string]float64{} // of all, and of those judged
	lowest, highest := 100.0, -100.0
	for _, v := range variants {
		texts := blocksOf(tree(t, html(t, v.brand, v.view)))
		sum := 0.0
		for _, text := range texts {
			g, known := grades[text]
			if !known {
				g = grade(text)
				grades[text] = g
			}
			sum += g
			if len(wordPattern.FindAllString(text, -1)) >= minWords {
				blocks[text] = g
			}
		}
		mean, whole := sum/float64(len(texts)), grade(strings.Join(texts, " \n"))
		lowest, highest = min(lowest, mean), max(highest, mean)
		fmt.Fprintf(&table, "%-42s mean of %2d blocks %4.1f, as one text %4.1f\n", v.name, len(texts), mean, whole)
		if mean > maxMeanGrade || whole > maxMeanGrade {
			t.Errorf("%s: mean %.1f, as one text %.1f, want at most %d", v.name, mean, whole, maxMeanGrade)
		}
	}
	hardest := slices.SortedFunc(maps.Keys(blocks), func(a, b string) int {
		return int(1000 * (blocks[b] - blocks[a]))
	})
	t.Logf("grade of each variant:\n%smeans from %.1f to %.1f", &table, lowest, highest)
	for _, text := range hardest[:min(12, len(hardest))] {
		t.Logf("%5.1f  %s", blocks[text], text)
	}
	for _, text := range hardest {
		if blocks[text] > maxBlockGrade {
			t.Errorf("grade %.1f, want at most %d: %s", blocks[text], maxBlockGrade, text)
		}
	}
}

// blocksOf returns the texts of the innermost blocks.
func blocksOf(root *node) []string {
	var texts []string
	var visit func(n *node)
	visit = func(n *node) {
		if n.tag == "header" || n.tag == "dl" || strings.HasPrefix(n.attrs["class"], "line ") {
			return
		}
		inner := n.attrs["class"] == "steps" // a step and how far it came are two texts
		for _, tag := range []string{"h1", "h2", "p", "li", "legend", "label", "summary"} {
			inner = inner || n.tag == tag && n.attrs["class"] != "here" && len(n.all("span")) == 0
		}
		if n.tag == "span" || inner && n.attrs["class"] != "steps" {
			if text := n.words(); text != "" {
				texts = append(texts, text)
			}
			return
		}
		for _, kid := range n.kids {
			visit(kid)
		}
	}
	for _, at := range root.all("time") {
		at.kids = []*node{{text: "noon"}}
	}
	visit(root.all("body")[0])
	return texts
}

var (
	wordPattern = regexp.MustCompile(`[\pL\d]+(?:[’'.@-][\pL\d]+)*`)
	sentenceEnd = regexp.MustCompile(`[.!?](?:\s|$)|\n`)
)

func grade(text string) float64 {
	words := wordPattern.FindAllString(text, -1)
	syllables := 0
	for _, w := range words {
		syllables += syllablesOf(w)
	}
	sentences := 0
	for _, part := range sentenceEnd.Split(text, -1) {
		if wordPattern.MatchString(part) {
			sentences++
		}
	}
	n := float64(len(words))
	return 0.39*n/float64(max(1, sentences)) + 11.8*float64(syllables)/max(1, n) - 15.59
}

var (
	vowels  = regexp.MustCompile(`[aeiouy]+`)
	silent  = regexp.MustCompile(`(?:[^aeiouy]ely|[^aeiouyl]e|[aeiouy]le|[^aeioutdy]ed|[^aeiousxzcghy]es)$`)
	divided = regexp.MustCompile(`io[^nu]|ia|[^q]ua[tl]|ying|uie`)
	// exceptions are words of our texts that the rules count wrongly.
	exceptions = map[string]int{"something": 2, "sometimes": 2, "somebody": 3, "someone": 2, "half-way": 2, "firewall": 3, "wi-fi": 2, "vpn": 3, "ctrl": 2, "iphone": 2, "ipad": 2, "device": 2, "themselves": 2}
)

// syllablesOf counts groups of vowels, without a silent e at the end, and with a second
// syllable where two vowels do not run together ("trial"). A number counts one for each
// digit. Checked by hand against a dictionary for the words below.
func syllablesOf(word string) int {
	w := strings.ToLower(strings.NewReplacer("’", "", "'", "").Replace(word))
	if n, ok := exceptions[w]; ok {
		return n
	}
	if strings.Trim(w, "0123456789") == "" {
		return len(w)
	}
	if parts := strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '.' || r == '@' }); len(parts) > 1 {
		n := 0
		for _, p := range parts {
			n += syllablesOf(p)
		}
		return n
	}
	n := len(vowels.FindAllString(w, -1)) + len(divided.FindAllString(w, -1))
	if silent.MatchString(w) {
		n--
	}
	return max(1, n)
}

func TestSyllables(t *testing.T) {
	for word, want := range map[string]int{
		"a": 1, "the": 1, "problem": 2, "computer": 3, "answering": 3, "request": 2, "reached": 1, "side": 1, "sites": 1,
		"site": 1, "times": 1, "moment": 2, "safely": 2, "nothing": 2, "something": 2, "router": 2, "cable": 2, "provider": 3,
		"internet": 3, "connection": 3, "browser": 2, "copies": 2, "history": 3, "images": 3, "reference": 3, "likely": 2,
		"you": 1, "can’t": 1, "trying": 2, "started": 2, "saved": 1, "ordered": 2, "refuses": 3, "virus": 2, "scanner": 2,
		"Wi-Fi": 2, "30": 2, "give": 1, "people": 2, "trouble": 2, "line": 1, "phone": 1, "tablet": 2, "deletes": 2, "used": 1,
		"appear": 2, "data": 2, "menu": 2, "details": 2, "wrong": 1, "does": 1, "goes": 1, "email": 2, "hours": 1, "minutes": 2,
	} {
		if got := syllablesOf(word); got != want {
			t.Errorf("%s has %d syllables, want %d", word, got, want)
		}
	}
}
