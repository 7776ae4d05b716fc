package istio

import "strings"

// formatState is where in a command of a header's value a reader stands, such as
// %REQ(x-id)% or %DYNAMIC_METADATA(["a", "b"])%.
type formatState byte

const (
	inLiteral   formatState = iota
	inName                  // behind the first %
	inArguments             // behind the parenthesis
	inList                  // before a text in quotes
	inText
	behindText
	behindList
	behindArguments
	inNothing // the value is wrong
)

// formatSteps are the states that characters lead to; blanks lead nowhere, and
// what is not listed leads to otherwise.
var formatSteps = map[formatState]struct {
	to        map[byte]formatState
	otherwise formatState
}{
	inName:          {map[byte]formatState{'%': inLiteral, '(': inArguments}, inName},
	inArguments:     {map[byte]formatState{'[': inList, ' ': inArguments}, inText},
	inList:          {map[byte]formatState{'"': inText, ' ': inList}, inNothing},
	inText:          {map[byte]formatState{')': behindArguments, '"': behindText}, inText},
	behindText:      {map[byte]formatState{',': inList, ']': behindList, ' ': behindText}, inNothing},
	behindList:      {map[byte]formatState{')': behindArguments, ' ': behindList}, inNothing},
	behindArguments: {map[byte]formatState{'%': inLiteral, ' ': behindArguments}, inNothing},
}

// headerFormat reports whether Envoy takes a header's value: no control
// characters, and each % doubled or around a command.
// envoy source/common/router/header_parser.cc; istio
// pkg/config/validation/header_value_validator.go
func headerFormat(value string) bool {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return false
	}
	state := inLiteral
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case state == inLiteral && c == '%' && strings.HasPrefix(value[i+1:], "%"):
			i++
		case state == inLiteral && c == '%':
			state = inName
		case state == inLiteral:
		case state == inText && c == '\\':
			i++
		default:
			state = stepOf(state, c)
		}
	}
	return state == inLiteral
}

func stepOf(state formatState, c byte) formatState {
	step := formatSteps[state]
	if to, ok := step.to[c]; ok {
		return to
	}
	return step.otherwise
}
