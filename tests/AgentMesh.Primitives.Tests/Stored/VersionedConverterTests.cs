using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AgentMesh.Primitives.Stored;

namespace AgentMesh.Primitives.Tests.Stored;

/// <summary>A stored record says its version, is read from any that was shipped, and written in the newest.</summary>
public sealed partial class VersionedConverterTests
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Converters =
        {
            new VersionedConverter<Note>(
                3,
                [
                    // Version 1 had the text by another name; version 2 had no mark.
                    record => new JsonObject { ["v"] = 2, ["text"] = record["words"]?.DeepClone() },
                    record => new JsonObject { ["v"] = 3, ["text"] = record["text"]?.DeepClone(), ["mark"] = "from 2" },
                ],
                NoteJson.Default.Note),
        },
    };

    [Theory]
    [InlineData("""{"v":1,"words":"a"}""", "a", "from 2")]
    [InlineData("""{"v":2,"text":"b"}""", "b", "from 2")]
    [InlineData("""{"v":3,"text":"c","mark":"own"}""", "c", "own")]
    // daprd reorders members.
    [InlineData("""{"text":"c","mark":"own","v":3}""", "c", "own")]
    [InlineData("""{"words":"a","v":1}""", "a", "from 2")]
    public void EveryShippedVersion_IsRead(string stored, string text, string mark) =>
        Assert.Equal(new Note(3, text, mark), JsonSerializer.Deserialize<Note>(stored, Options));

    [Theory]
    [InlineData("""{"v":0,"text":"c","mark":"own"}""")]
    [InlineData("""{"v":-1,"text":"c","mark":"own"}""")]
    [InlineData("""{"v":4,"text":"c","mark":"own"}""")]
    [InlineData("""{"v":3.5,"text":"c","mark":"own"}""")]
    [InlineData("""{"v":4294967299,"text":"c","mark":"own"}""")]
    [InlineData("""{"v":"3","text":"c","mark":"own"}""")]
    [InlineData("""{"v":null,"text":"c","mark":"own"}""")]
    [InlineData("""{"text":"c","mark":"own"}""")]
    [InlineData("{}")]
    [InlineData("[3]")]
    [InlineData("3")]
    [InlineData("\"enc\"")]
    public void AnythingElse_IsNoRecord_AndNotTakenForAnEncryptedOne(string stored)
    {
        var exception = Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<Note>(stored, Options));
        Assert.IsNotType<EncryptedRecordException>(exception);
        Assert.Contains(nameof(Note), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncryptedRecord_IsToldFromADamagedOne()
    {
        var exception = Assert.Throws<EncryptedRecordException>(() => JsonSerializer.Deserialize<Note>("""{"enc":1,"data":"AAAA"}""", Options));
        Assert.Contains(nameof(Note), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_IsWrittenAsItsOwnTypeSays() =>
        Assert.Equal("""{"v":3,"text":"c","mark":"own"}""", JsonSerializer.Serialize(new Note(3, "c", "own"), Options));

    internal sealed record Note([property: JsonPropertyName("v")] int Version, [property: JsonPropertyName("text")] string? Text, [property: JsonPropertyName("mark")] string Mark);

    [JsonSerializable(typeof(Note))]
    internal sealed partial class NoteJson : JsonSerializerContext;
}
