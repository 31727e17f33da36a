package i18n

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// forms are the texts of one message by plural form; the usual one is there.
type forms [len(categories)]string

// parseFile reads the object key by key: json.Unmarshal would keep the last of two equal
// ids and say nothing. It returns nil when data is no object, and all faults.
func parseFile(data []byte) (messages map[string]forms, faults []error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	broken := func(err error) (map[string]forms, []error) {
		line := 1 + bytes.Count(data[:dec.InputOffset()], []byte("\n"))
		return nil, []error{fmt.Errorf("not a JSON object: line %d: %w", line, err)}
	}
	if start, err := dec.Token(); err != nil {
		return broken(err)
	} else if start != json.Delim('{') {
		return broken(errors.New("begins otherwise"))
	}
	messages = map[string]forms{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return broken(err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return broken(err)
		}
		id := key.(string) // where More reports true, the decoder lets nothing else pass
		_, twice := messages[id]
		texts, err := parseEntry(raw)
		if twice {
			err = errors.New("is there twice")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", id, err))
		}
		messages[id] = texts
	}
	if _, err := dec.Token(); err != nil {
		return broken(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return broken(errors.New("something follows the object"))
	}
	return messages, faults
}

// parseEntry returns the forms of a message, none with an error.
func parseEntry(raw json.RawMessage) (texts forms, err error) {
	given := map[string]string{}
	if raw[0] == '"' {
		var text string
		err = json.Unmarshal(raw, &text)
		given["other"] = text
	} else {
		err = json.Unmarshal(raw, &given)
		delete(given, "description")
	}
	if err != nil {
		return forms{}, fmt.Errorf("want a text, or an object of description, other and further plural forms: %w", err)
	}
	if _, ok := given["other"]; !ok {
		return forms{}, errors.New(`"other" is missing: it holds the text, whatever further plural forms there are`)
	}
	for _, category := range slices.Sorted(maps.Keys(given)) {
		form := slices.Index(categories[:], category)
		if form < 0 {
			return forms{}, fmt.Errorf("%q is no plural form: there are zero, one, two, few, many and other", category)
		}
		if err := check(given[category]); err != nil {
			return forms{}, err
		}
		texts[form] = given[category]
	}
	return texts, nil
}

// firstText is the text of the first message of a file; empty: there is none, or it has forms.
func firstText(data io.Reader) string {
	dec := json.NewDecoder(data)
	for range 2 { // the brace, the id
		if _, err := dec.Token(); err != nil {
			return ""
		}
	}
	text, _ := dec.Token()
	s, _ := text.(string)
	return s
}
