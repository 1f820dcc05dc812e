using System.Text.Json;
using AgentMesh.ActorHost.Tools;

namespace AgentMesh.ActorHost.Tests.Tools;

/// <summary>What a model is told about arguments that are not of a tool's schema.</summary>
public sealed class ToolArgumentsTests
{
    [Theory]
    [InlineData("true", "1", null)]
    [InlineData("{}", """{"a":1}""", null)]
    [InlineData("""{"type":"object"}""", "[]", "The list of arguments is not of type object.")]
    [InlineData("""{"required":["a"]}""", """{"a":null}""", null)]
    [InlineData("""{"required":["a"]}""", """{"b":1}""", "'a' is missing.")]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""", """{"a":9223372036854775807}""", null)]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""", """{"a":1.0}""", "'a' is not of type integer.")]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""", """{"a":"1"}""", "'a' is not of type integer.")]
    [InlineData("""{"properties":{"a":{"type":["integer","null"]}}}""", """{"a":null}""", null)]
    [InlineData("""{"properties":{"a":{"type":["integer","null"]}}}""", """{"a":true}""", "'a' is not of type integer or null.")]
    [InlineData("""{"properties":{"a":{"type":"string","enum":["x","y"]}}}""", """{"a":"y"}""", null)]
    [InlineData("""{"properties":{"a":{"type":"string","enum":["x","y"]}}}""", """{"a":"z"}""", "'a' is none of \"x\", \"y\".")]
    [InlineData("""{"properties":{"a":{"minimum":1,"maximum":6}}}""", """{"a":1}""", null)]
    [InlineData("""{"properties":{"a":{"minimum":1,"maximum":6}}}""", """{"a":0}""", "'a' is less than 1.")]
    [InlineData("""{"properties":{"a":{"minimum":1,"maximum":6}}}""", """{"a":6}""", null)]
    [InlineData("""{"properties":{"a":{"minimum":1,"maximum":6}}}""", """{"a":7}""", "'a' is more than 6.")]
    [InlineData("""{"properties":{"a":{"minLength":1,"maxLength":2}}}""", """{"a":"🙂🙂"}""", null)]
    [InlineData("""{"properties":{"a":{"minLength":1,"maxLength":2}}}""", """{"a":""}""", "'a' has fewer than 1 characters.")]
    [InlineData("""{"properties":{"a":{"minLength":1,"maxLength":2}}}""", """{"a":"abc"}""", "'a' has more than 2 characters.")]
    [InlineData("""{"properties":{"a":{"maxItems":1,"items":{"type":"string"}}}}""", """{"a":["x"]}""", null)]
    [InlineData("""{"properties":{"a":{"maxItems":1,"items":{"type":"string"}}}}""", """{"a":["x","y"]}""", "'a' has more than 1 entries.")]
    [InlineData("""{"properties":{"a":{"items":{"required":["b"]}}}}""", """{"a":[{"b":1},{}]}""", "'a[1].b' is missing.")]
    [InlineData("""{"properties":{"a":{}}}""", """{"b":1}""", null)]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"a":1}""", null)]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"b":1}""", "'b' is not known.")]
    public void Arguments_AreOfTheSchema_OrTheModelIsToldWhy(string schema, string arguments, string? reason)
    {
        using var known = JsonDocument.Parse(schema);
        using var written = JsonDocument.Parse(arguments);
        Assert.Equal(reason, ToolArguments.WhyNot(known.RootElement, written.RootElement));
    }
}
