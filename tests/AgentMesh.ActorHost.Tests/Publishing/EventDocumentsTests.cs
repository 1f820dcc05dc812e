using System.Reflection;
using System.Text.Json;
using AgentMesh.ActorHost.Publishing;
using AgentMesh.Agents.Events;
using AgentMesh.Contracts.Agents;
using YamlDotNet.RepresentationModel;

namespace AgentMesh.ActorHost.Tests.Publishing;

/// <summary>Events, their schemas and the documents say the same. That what is published is good by the schemas, every test that takes an event checks.</summary>
public sealed class EventDocumentsTests
{
    /// <summary>By reflection: a new type of event has to be in the documents.</summary>
    public static TheoryData<string> Types =>
        [.. typeof(EventTypes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(one => (string)one.GetRawConstantValue()!), DomainEvents.Erased];

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryType_HasASchema_AMessageOfTheChannel_AndARow(string type)
    {
        var schema = JsonElement.Parse(File.ReadAllText(Path.Combine(PublishedEvents.Folder, $"{type}.v1.json")));
        Assert.Equal($"urn:agentmesh:schema:event:{type}:v1", schema.GetProperty("$id").GetString());
        Assert.Equal($"Data of {DomainEvents.TypeOf(type)}", schema.GetProperty("title").GetString());
        Assert.All(schema.GetProperty("required").EnumerateArray(), name => Assert.True(schema.GetProperty("properties").TryGetProperty(name.GetString()!, out _)));

        var message = MessagesOfTheChannel().Single(one => Text(one, "name") == DomainEvents.TypeOf(type));
        var own = (YamlMappingNode)((YamlSequenceNode)message["payload"]["allOf"])[1]["properties"];
        Assert.Equal(DomainEvents.TypeOf(type), Text((YamlMappingNode)own["type"], "const"));
        Assert.Equal($"./schemas/events/{type}.v1.json", Text((YamlMappingNode)own["data"], "$ref"));

        var row = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "events.md")).Single(line => line.StartsWith($"| `{DomainEvents.TypeOf(type)}` |", StringComparison.Ordinal));
        Assert.Contains($"(schemas/events/{type}.v1.json)", row, StringComparison.Ordinal);
        // The example is of the data's members, or there are none.
        Assert.All(
            schema.GetProperty("properties").EnumerateObject().Where(member => member.Name is not ("agent" or "session" or "seq")),
            member => Assert.Contains($"`{member.Name}`", row, StringComparison.Ordinal));
    }

    [Fact]
    public void NoDocument_HasATypeThatThereIsNot()
    {
        string[] types = [.. Types.Select(type => type.Data)];
        Assert.Equal(types.Order(StringComparer.Ordinal), Directory.GetFiles(PublishedEvents.Folder).Select(file => Path.GetFileName(file).Split('.')[0]).Order(StringComparer.Ordinal));
        Assert.Equal(types.Select(DomainEvents.TypeOf).Order(StringComparer.Ordinal), MessagesOfTheChannel().Select(message => Text(message, "name")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Channel_IsTheTopic() => Assert.Equal(DomainEvents.Topic, Text((YamlMappingNode)Document()["channels"]["events"], "address"));

    [Fact]
    public void LargestBatch_FitsIntoOneCallOfTheSidecar()
    {
        // 4 MiB is what daprd takes.
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var fact = new FactEntry(new string('s', 26), DateTimeOffset.MaxValue, EventTypes.TurnPaused, $$"""{"detail":"{{new string('x', EventLimits.FactBytes - 13)}}"}""");
        var feed = new AgentFeed(new string('t', 64) + ':' + new string('u', 128), DateTimeOffset.MaxValue, 0);
        CloudEventBatch.Write([.. Enumerable.Repeat(new QueuedEvent(feed, new LoggedEvent(1L << 47, fact, null)), 500)], buffer);
        Assert.InRange(buffer.WrittenCount, 500 * EventLimits.FactBytes, 4 * 1024 * 1024);
    }

    private static IEnumerable<YamlMappingNode> MessagesOfTheChannel()
    {
        var document = Document();
        return ((YamlMappingNode)document["channels"]["events"]["messages"]).Children.Values.Select(reference =>
            (YamlMappingNode)document["components"]["messages"][Text((YamlMappingNode)reference, "$ref").Split('/')[^1]]);
    }

    private static YamlMappingNode Document()
    {
        var yaml = new YamlStream();
        using var file = File.OpenText(Path.Combine(AppContext.BaseDirectory, "asyncapi.yaml"));
        yaml.Load(file);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static string Text(YamlMappingNode node, string name) => ((YamlScalarNode)node[name]).Value!;
}
