using System.Globalization;
using System.Text.RegularExpressions;
using Node = AgentMesh.Sidecar.PubSub.MatchExpression.Node;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Reads the served part of CEL, https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax.</summary>
internal sealed partial class MatchParser
{
    /// <summary>Parentheses, lists and negations within each other.</summary>
    private const int MaxDepth = 64;

    // From the weakest to the strongest.
    private static readonly string[][] Operators = [["||"], ["&&"], ["==", "!=", "<", "<=", ">", ">=", "in"]];

    private readonly string _text;
    private readonly IReadOnlyCollection<string> _variables;
    private (Node Owner, Node Name)? _lastMember;
    private string _token = "";
    private int _at;
    private int _depth;

    private MatchParser(string text, IReadOnlyCollection<string> variables)
    {
        (_text, _variables) = (text, variables);
        Take();
    }

    public static Node Parse(string text, IReadOnlyCollection<string> variables)
    {
        var parser = new MatchParser(text, variables);
        var node = parser.Binary(0);
        return parser._token.Length == 0 ? node : throw parser.Unexpected();
    }

    private Node Binary(int level)
    {
        if (level == Operators.Length)
            return Unary();
        var node = Binary(level + 1);
        while (Operators[level].Contains(_token))
            node = MatchExpression.Call(Take(), node, Binary(level + 1));
        return node;
    }

    private Node Unary()
    {
        if (++_depth > MaxDepth)
            throw new FormatException("it is nested too deeply");
        var node = TryTake("!") ? MatchExpression.Call("!", Unary()) : Members(Primary());
        _depth--;
        return node;
    }

    private Node Primary()
    {
        if (TryTake("("))
        {
            var inner = Binary(0);
            Take(")");
            return inner;
        }

        if (TryTake("["))
            return MatchExpression.List(Operands("]"));
        if (_token is ['"' or '\'', ..])
            return MatchExpression.Literal(Escape().Replace(Take()[1..^1], Unescape));
        if (_token is ['-' or (>= '0' and <= '9'), ..])
            return MatchExpression.Literal(Number(Take()));
        var name = Name();
        return name switch
        {
            "true" or "false" => MatchExpression.Literal(name == "true"),
            "null" => MatchExpression.Literal(null),
            "has" => Has(),
            "size" or "int" or "double" when TryTake("(") => Function(name, 1, Operands(")")),
            _ when _variables.Contains(name) => MatchExpression.Variable(name),
            _ => throw new FormatException($"'{name}' is not known; it knows {string.Join(", ", _variables)}"),
        };
    }

    private Node Members(Node node)
    {
        _lastMember = null;
        while (TryTake("."))
        {
            var name = Name();
            if (name is "startsWith" or "endsWith" or "contains" && TryTake("("))
            {
                node = Function(name, 2, [node, .. Operands(")")]);
                _lastMember = null;
                continue;
            }

            _lastMember = (node, MatchExpression.Literal(name));
            node = MatchExpression.Call(".", node, _lastMember.Value.Name);
        }

        return node;
    }

    private Node Has()
    {
        Take("(");
        Unary();
        var (owner, name) = _lastMember ?? throw new FormatException("has() asks for a member");
        Take(")");
        return MatchExpression.Call("has", owner, name);
    }

    private static Node Function(string name, int count, Node[] operands) =>
        operands.Length == count ? MatchExpression.Call(name, operands) : throw new FormatException($"{name}() has the wrong number of operands");

    private Node[] Operands(string end)
    {
        var operands = new List<Node>();
        while (!TryTake(end))
        {
            if (operands.Count > 0)
                Take(",");
            operands.Add(Binary(0));
        }

        return [.. operands];
    }

    private string Name() => _token is [(>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_', ..] ? Take() : throw Unexpected();

    private static double Number(string token) =>
        double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"'{token}' is no number");

    private static string Unescape(Match escape) => escape.Value[1] switch
    {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        '\\' or '"' or '\'' or '`' or '?' => escape.Value[1..],
        _ => throw new FormatException($"the escape '{escape.Value}' is not served"),
    };

    private void Take(string token)
    {
        if (!TryTake(token))
            throw Unexpected();
    }

    private bool TryTake(string token)
    {
        if (_token != token)
            return false;
        Take();
        return true;
    }

    /// <summary>Gives the token and reads the next one; empty at the end.</summary>
    private string Take()
    {
        var taken = _token;
        var next = Token().Match(_text, _at);
        if (!next.Success)
            throw new FormatException($"'{_text[_at..].Trim()}' is not served");
        (_token, _at) = (next.Groups[1].Value, next.Index + next.Length);
        return taken;
    }

    private FormatException Unexpected() =>
        new(_token.Length == 0 ? "it ends too early" : $"'{_text[(_at - _token.Length)..]}' is not expected or not served");

    [GeneratedRegex("""\G\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?|[A-Za-z_][A-Za-z_0-9]*|&&|\|\||[=!<>]=|[!<>()\[\].,]|$)""")]
    private static partial Regex Token();

    [GeneratedRegex("""\\.""")]
    private static partial Regex Escape();
}
