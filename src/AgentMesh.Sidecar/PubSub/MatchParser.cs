using System.Globalization;
using System.Text;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Reads the served part of CEL, https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax.</summary>
internal ref struct MatchParser
{
    /// <summary>Parentheses and negations within each other.</summary>
    private const int MaxDepth = 64;

    private readonly ReadOnlySpan<char> _text;
    private readonly IReadOnlyCollection<string> _variables;
    private int _at;
    private int _depth;

    private MatchParser(string text, IReadOnlyCollection<string> variables)
    {
        _text = text;
        _variables = variables;
    }

    public static MatchExpression.Node Parse(string text, IReadOnlyCollection<string> variables)
    {
        var parser = new MatchParser(text, variables);
        var node = parser.Or();
        parser.SkipBlanks();
        return parser._at == text.Length ? node : throw parser.Unexpected();
    }

    private MatchExpression.Node Or()
    {
        if (++_depth > MaxDepth)
            throw new FormatException("it is nested too deeply");
        var node = And();
        while (TryTake("||"))
            node = MatchExpression.Or(node, And());
        _depth--;
        return node;
    }

    private MatchExpression.Node And()
    {
        var node = Relation();
        while (TryTake("&&"))
            node = MatchExpression.And(node, Relation());
        return node;
    }

    private MatchExpression.Node Relation()
    {
        var node = Unary();
        while (TakeComparison() is { } verb)
            node = MatchExpression.Compare(verb, node, Unary());
        return node;
    }

    // The longer ones first.
    private string? TakeComparison()
    {
        foreach (var verb in (ReadOnlySpan<string>)["==", "!=", "<=", ">=", "<", ">"])
        {
            if (TryTake(verb))
                return verb;
        }

        return null;
    }

    private MatchExpression.Node Unary()
    {
        SkipBlanks();
        if (_at + 1 < _text.Length && _text[_at] == '!' && _text[_at + 1] != '=')
        {
            _at++;
            if (++_depth > MaxDepth)
                throw new FormatException("it is nested too deeply");
            var node = MatchExpression.Not(Unary());
            _depth--;
            return node;
        }

        return Primary();
    }

    private MatchExpression.Node Primary()
    {
        if (TryTake("("))
        {
            var node = Or();
            Take(")");
            return node;
        }

        SkipBlanks();
        var next = _at < _text.Length ? _text[_at] : throw Unexpected();
        if (next is '"' or '\'')
            return MatchExpression.Literal(Text(next));
        if (char.IsAsciiDigit(next) || next == '-')
            return MatchExpression.Literal(Number());
        var name = Name();
        switch (name)
        {
            case "true" or "false":
                return MatchExpression.Literal(name == "true");
            case "null":
                return MatchExpression.Literal(null);
            case "has":
                return Has();
            default:
                var (node, _, _) = Path(name);
                return node;
        }
    }

    private MatchExpression.Node Has()
    {
        Take("(");
        SkipBlanks();
        var (_, owner, member) = Path(Name());
        Take(")");
        return owner is null ? throw new FormatException("has() asks for a member") : MatchExpression.Has(owner, member);
    }

    private (MatchExpression.Node Node, MatchExpression.Node? Owner, string Member) Path(string variable)
    {
        if (!_variables.Contains(variable))
            throw new FormatException($"'{variable}' is not known; it knows {string.Join(", ", _variables)}");
        var (node, owner, member) = (MatchExpression.Variable(variable), (MatchExpression.Node?)null, "");
        while (TryTake("."))
        {
            SkipBlanks();
            (owner, member) = (node, Name());
            node = MatchExpression.Member(node, member);
        }

        return (node, owner, member);
    }

    private string Name()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetter(_text[_at]) || _text[_at] == '_' || (_at > start && char.IsAsciiDigit(_text[_at]))))
            _at++;
        return _at > start ? _text[start.._at].ToString() : throw Unexpected();
    }

    private double Number()
    {
        var start = _at++;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] is '.' or 'e' or 'E' || (_text[_at] is '-' or '+' && _text[_at - 1] is 'e' or 'E')))
            _at++;
        return double.TryParse(_text[start.._at], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : throw new FormatException($"'{_text[start.._at]}' is no number");
    }

    private string Text(char quote)
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            var next = _text[_at];
            if (next == quote)
            {
                _at++;
                return text.ToString();
            }

            if (next == '\\')
            {
                _at++;
                next = _at == _text.Length ? throw Unexpected() : _text[_at] switch
                {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    '\\' or '"' or '\'' or '`' or '?' => _text[_at],
                    _ => throw new FormatException($"the escape '\\{_text[_at]}' is not served"),
                };
            }

            text.Append(next);
        }

        throw new FormatException("a text has no end");
    }

    private void Take(string token)
    {
        if (!TryTake(token))
            throw Unexpected();
    }

    private bool TryTake(string token)
    {
        SkipBlanks();
        if (!_text[_at..].StartsWith(token))
            return false;
        _at += token.Length;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
    }

    private readonly FormatException Unexpected() =>
        new(_at < _text.Length ? $"'{_text[_at..]}' is not expected or not served" : "it ends too early");
}
