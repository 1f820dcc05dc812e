using System.Text.Json;
using AgentMesh.Sidecar.PubSub;

namespace AgentMesh.Sidecar.Tests.PubSub;

public sealed class MatchExpressionTests
{
    private const string Event = """{"type":"order","source":"a \"b\"","n":3,"data":{"a":3.5,"s":"x","t":true,"nil":null,"o":{"z":"deep"},"l":[1]}}""";

    [Theory]
    [InlineData("""event.type == "order" """, true)]
    [InlineData("event.type=='order'", true)]
    [InlineData("event.type != 'order'", false)]
    [InlineData("""event.source == "a \"b\"" """, true)]
    [InlineData("event.data.a > 3", true)]
    [InlineData("event.data.a >= 3.5 && event.data.a <= 3.5", true)]
    [InlineData("event.data.a < -1e3", false)]
    [InlineData("3 == event.n", true)]
    [InlineData("event.n == '3'", false)]
    [InlineData("event.data.s < 'y'", true)]
    [InlineData("event.data.t", true)]
    [InlineData("!event.data.t", false)]
    [InlineData("!!event.data.t", true)]
    [InlineData("event.data.t == true", true)]
    [InlineData("event.data.nil == null", true)]
    [InlineData("event.data.o.z == 'deep'", true)]
    [InlineData("event.data.o == event.data.o", true)]
    [InlineData("has(event.data.a)", true)]
    [InlineData("has(event.data.none)", false)]
    [InlineData("!has(event.none) || event.none == 1", true)]
    [InlineData("has(event.none) && event.none == 1", false)]
    [InlineData("event.type.startsWith('or')", true)]
    [InlineData("event.type.endsWith('or')", false)]
    [InlineData("event.data.o.z.contains('ee')", true)]
    [InlineData("event.type in ['a', 'order']", true)]
    [InlineData("event.n in []", false)]
    [InlineData("1 in event.data.l", true)]
    [InlineData("'o' in event.data && !('x' in event.data)", true)]
    [InlineData("size(event.type) == 5 && size(event.data.l) == 1", true)]
    [InlineData("int(event.data.a) == 3 && int('-3') == -3", true)]
    [InlineData("double('3.5') == event.data.a && double(event.n) == 3", true)]
    // Precedence: && before ||.
    [InlineData("true || true && false", true)]
    [InlineData("(true || true) && false", false)]
    // An error on one side does not matter when the other one decides.
    [InlineData("event.none == 1 || true", true)]
    [InlineData("event.none == 1 && false", false)]
    [InlineData("event.none.x == 1 || event.type == 'order'", true)]
    [InlineData("event.none == 1", null)]
    [InlineData("event.none in [1]", null)]
    [InlineData("event.n in event.type", null)]
    [InlineData("event.n.startsWith('3')", null)]
    [InlineData("int('3.5') == 3", null)]
    [InlineData("double('x') == 3", null)]
    [InlineData("size(event.n) == 1", null)]
    [InlineData("event.none == 1 && true", null)]
    [InlineData("event.data.s > 1", null)]
    [InlineData("event.data.s", null)]
    [InlineData("!event.n", null)]
    [InlineData("has(event.type.x)", null)]
    [InlineData("event.data.l.x == 1", null)]
    public void Match_GivesWhatCelGives(string expression, bool? expected)
    {
        using var document = JsonDocument.Parse(Event);
        Assert.Equal(expected, MatchExpression.Parse(expression, "event").Matches(document.RootElement));
    }

    [Theory]
    [InlineData("", "ends too early")]
    [InlineData("event.type ==", "ends too early")]
    [InlineData("event.type == 'x", "''x' is not served")]
    [InlineData("event.type = 'x'", "'= 'x''")]
    [InlineData("event.type.matches('x')", "'('x')'")]
    [InlineData("event.type.startsWith()", "wrong number of operands")]
    [InlineData("event.type in ['a'", "ends too early")]
    [InlineData("event.type in ['a' 'b']", "''b']'")]
    [InlineData("event['type'] == 'a'", "'['type']")]
    [InlineData("size(event.type, 1) > 1", "wrong number of operands")]
    [InlineData("lower(event.type) == 'x'", "'lower' is not known")]
    [InlineData("other.type == 'x'", "'other' is not known; it knows event")]
    [InlineData("has(event)", "asks for a member")]
    [InlineData("has(event.type.startsWith('x'))", "asks for a member")]
    [InlineData("1 + 1 == 2", "'+ 1")]
    [InlineData("event.type == 'x' ? true : false", "'? true")]
    [InlineData("event.n == 1.2.3", "'1.2.3' is no number")]
    [InlineData("event.type == '\\q'", "escape")]
    public void Unserved_IsRefused_AndSaysWhere(string expression, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => MatchExpression.Parse(expression, "event")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData('(')]
    [InlineData('!')]
    [InlineData('[')]
    public void Nesting_HasALimit(char opening) =>
        Assert.Contains("nested", Assert.Throws<FormatException>(() => MatchExpression.Parse(new string(opening, 100_000), "event")).Message, StringComparison.Ordinal);
}
