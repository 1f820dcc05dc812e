using System.Text.Json;
using AgentMesh.Contracts.Agents;
using Json.Schema;

namespace AgentMesh.ActorHost.Tests.Publishing;

/// <summary>What tests of domain events do with a host: each event that it takes is good by its schema, and has nothing that the schema does not.</summary>
internal static class PublishedEvents
{
    internal const string Alice = "default:alice";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Once: a schema registers itself by its id.
    private static readonly Lazy<Dictionary<string, (JsonSchema Schema, JsonElement Text)>> Schemas = new(() => Directory.GetFiles(Folder).ToDictionary(
        file => Path.GetFileName(file).Split('.')[0],
        file => (JsonSchema.FromText(File.ReadAllText(file)), JsonElement.Parse(File.ReadAllText(file))),
        StringComparer.Ordinal));

    /// <summary>Where the schemas are.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "schemas/events");

    /// <summary>A host that publishes at once, and stores how far it is every five minutes.</summary>
    public static Task<HostUnderTest> StartAsync(params (string Name, string Value)[] settings) => HostUnderTest.StartAsync(
    [
        ("AgentMesh:Events:Enabled", "true"), ("AgentMesh:Events:IntervalMs", "0"), ("AgentMesh:Flush:IntervalSeconds", "300"), .. settings,
    ]);

    /// <summary>Waits for the next events.</summary>
    public static async Task<IReadOnlyList<JsonElement>> PublishedAsync(this HostUnderTest host, int count)
    {
        var events = new List<JsonElement>();
        while (events.Count < count)
        {
            var next = await host.State.Bulk.Taken.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
            AssertIsDocumented(next);
            events.Add(next);
        }

        return events;
    }

    /// <summary>Waits until a flush finds that everything is published, and says so by leaving no reminder.</summary>
    public static Task UntilAllIsStoredAsync(this HostUnderTest host, string agent) => HostUnderTest.UntilAsync(async () =>
    {
        await host.RemindAsync(agent, "flush");
        return host.State.RemindersOf(agent).Count == 0;
    });

    /// <summary>The numbers of events in their log.</summary>
    public static IEnumerable<long> Seqs(this IEnumerable<JsonElement> events) => events.Select(one => one.GetProperty("data").GetProperty("seq").GetInt64());

    public static IEnumerable<string> Ids(this IEnumerable<JsonElement> events) => events.Select(one => one.GetProperty("id").GetString()!);

    /// <summary>Type and data, without what all events have.</summary>
    public static string Short(this JsonElement one) =>
        one.GetProperty("type").GetString()!.Split('.')[3] + " " + string.Join(
            ' ', one.GetProperty("data").EnumerateObject().Where(member => member.Name is not ("agent" or "session" or "seq")).Select(member => $"{member.Name}={member.Value}"));

    private static void AssertIsDocumented(JsonElement one)
    {
        var type = one.GetProperty("type").GetString()!;
        var data = one.GetProperty("data");
        var (schema, text) = Schemas.Value[type.Split('.')[3]];
        Assert.Equal(DomainEvents.TypeOf(type.Split('.')[3]), type);
        Assert.True(schema.Evaluate(data).IsValid, $"{type} is not what its schema says: {data.GetRawText()}");
        Assert.All(data.EnumerateObject(), member => Assert.True(text.GetProperty("properties").TryGetProperty(member.Name, out _), $"{type} has {member.Name}, which is in no schema."));
        Assert.Equal("1.0", one.GetProperty("specversion").GetString());
        Assert.Equal("application/json", one.GetProperty("datacontenttype").GetString());
    }
}
