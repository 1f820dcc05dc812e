using System.Text.Json;
using AgentMesh.Gateway.Mcp.Arguments;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>What is said of arguments, rule by rule.</summary>
public sealed class SchemaCheckTests
{
    [Theory]
    [InlineData("""{"type":"string"}""", "\"\"", null)]
    [InlineData("""{"type":"string"}""", "null", "a must be a string, and is null.")]
    [InlineData("""{"type":["string","null"]}""", "null", null)]
    [InlineData("""{"type":["string","null"]}""", "true", "a must be a string or null, and is a boolean.")]
    [InlineData("""{"type":"integer"}""", "5", null)]
    [InlineData("""{"type":"integer"}""", "5.0", null)]
    [InlineData("""{"type":"integer"}""", "5e2", null)]
    [InlineData("""{"type":"integer"}""", "5.5", "a must be a whole number, and is a number.")]
    [InlineData("""{"type":"integer"}""", "9223372036854775807", null)]
    [InlineData("""{"type":"integer"}""", "9223372036854775808", "a must be a whole number, and is a number.")]
    [InlineData("""{"type":"integer"}""", "1e400", "a must be a whole number, and is a number.")]
    [InlineData("""{"type":"number"}""", "5.5", null)]
    [InlineData("""{"type":"boolean"}""", "false", null)]
    [InlineData("""{"type":"array"}""", "{}", "a must be an array, and is an object.")]
    [InlineData("""{"minimum":1}""", "1", null)]
    [InlineData("""{"minimum":1}""", "0", "a must be at least 1.")]
    [InlineData("""{"maximum":3}""", "3", null)]
    [InlineData("""{"maximum":3}""", "4", "a must be at most 3.")]
    [InlineData("""{"exclusiveMinimum":1}""", "1", "a must be more than 1.")]
    [InlineData("""{"exclusiveMaximum":3}""", "3", "a must be less than 3.")]
    [InlineData("""{"minLength":2}""", "\"a\"", "a must have at least 2 characters, and has 1.")]
    [InlineData("""{"minLength":2}""", "\"ab\"", null)]
    [InlineData("""{"maxLength":2}""", "\"\\ud83d\\ude00\\ud83d\\ude00\"", null)]
    [InlineData("""{"maxLength":2}""", "\"abc\"", "a must have at most 2 characters, and has 3.")]
    [InlineData("""{"type":"string"}""", "\"\\ud800\"", "a must be valid Unicode, without half of a surrogate pair.")]
    [InlineData("""{"minItems":1}""", "[]", "a must have at least 1 items, and has 0.")]
    [InlineData("""{"maxItems":1}""", "[1,2]", "a must have at most 1 items, and has 2.")]
    [InlineData("""{"items":{"type":"string"}}""", """["x",7]""", "a[1] must be a string, and is a number.")]
    [InlineData("""{"enum":["x",7,null]}""", "7", null)]
    [InlineData("""{"enum":["x",7,null]}""", "8", "a must be one of \"x\", 7, null.")]
    [InlineData("""{"const":"x"}""", "\"y\"", "a must be \"x\".")]
    [InlineData("""{"properties":{"b":{"type":"string"}},"required":["b"]}""", "{}", "a.b is required.")]
    [InlineData("""{"properties":{"b":{"type":"string"}}}""", """{"b":7}""", "a.b must be a string, and is a number.")]
    [InlineData("""{"additionalProperties":false}""", """{"b":7}""", "a.b is not known here. Known: none.")]
    [InlineData("""{"additionalProperties":{"type":"string"}}""", """{"b":7}""", "a.b must be a string, and is a number.")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", "null", null)]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":5}]}""", "3", "a must be a string, and is a number.")]
    [InlineData("""{"oneOf":[{"type":"string"}]}""", "3", "a must be a string, and is a number.")]
    [InlineData("""{"allOf":[{"minimum":5},{"maximum":9}]}""", "3", "a must be at least 5.")]
    [InlineData("""{"$ref":"#/$defs/text"}""", "3", "a must be a string, and is a number.")]
    [InlineData("""{"$ref":"#/$defs/a~1b"}""", "3", "a must be a boolean, and is a number.")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "3", null)]
    [InlineData("""{"$ref":"https://example.org/schema"}""", "3", null)]
    [InlineData("""{"$ref":"#/$defs/loop"}""", "3", null)]
    [InlineData("true", "3", null)]
    [InlineData("""{"pattern":"^x$","format":"uuid","unknown":1}""", "\"y\"", null)]
    public void Argument_IsHeldAgainstItsSchema(string schema, string value, string? expected)
    {
        var whole = JsonElement.Parse(
            $$$$"""{"type":"object","properties":{"a":{{{{schema}}}}},"$defs":{"text":{"type":"string"},"a/b":{"type":"boolean"},"loop":{"$ref":"#/$defs/loop"}}}""");
        var problems = SchemaCheck.Check(whole, new Dictionary<string, JsonElement> { ["a"] = JsonElement.Parse(value) });
        Assert.Equal(expected, problems.SingleOrDefault());
    }

    [Fact]
    public void ManyMistakes_AreSaidUpToEight()
    {
        var arguments = Enumerable.Range(0, 20).ToDictionary(n => $"a{n}", _ => JsonElement.Parse("1"));
        Assert.Equal(8, SchemaCheck.Check(JsonElement.Parse("""{"additionalProperties":false}"""), arguments).Count);
    }

    [Fact]
    public void LongName_IsCut()
    {
        var name = new string('n', 1000);
        var problem = Assert.Single(SchemaCheck.Check(JsonElement.Parse("""{"additionalProperties":false}"""), new Dictionary<string, JsonElement> { [name] = default }));
        Assert.Equal(name[..80] + " is not known here. Known: none.", problem);
    }

    [Fact]
    public void SchemaOfItself_IsFollowedAsDeepAsTheValueGoes()
    {
        var schema = JsonElement.Parse("""{"properties":{"next":{"$ref":"#"}},"additionalProperties":false}""");
        Assert.Empty(SchemaCheck.Check(schema, new Dictionary<string, JsonElement> { ["next"] = JsonElement.Parse("""{"next":{"next":{}}}""") }));
        Assert.Equal(
            ["next.next.last is not known here. Known: next."],
            SchemaCheck.Check(schema, new Dictionary<string, JsonElement> { ["next"] = JsonElement.Parse("""{"next":{"last":1}}""") }));
    }
}
