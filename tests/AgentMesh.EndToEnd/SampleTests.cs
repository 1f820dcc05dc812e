using System.Net.Http.Json;
using AgentMesh.EndToEnd.Docs;

namespace AgentMesh.EndToEnd;

/// <summary>The samples as their READMEs start them.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task MyAgent_AnswersWithItsOwnResponderAndTool()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var mesh = await Mesh.StartAsync(store.Data, options: ["--run-file", Path.Combine(Mesh.Root, "samples/MyAgent/dapr.yaml")]);
        using var client = new AgentClient(mesh.Ready.Gateway);
        Assert.Equal("HELLO", (await client.PostAsync("alice", "hello")).Response);
        Assert.Equal("It rains in Paris, alice.", (await client.PostAsync("alice", "weather in Paris")).Response);
        Assert.Equal(["hello", "HELLO", "weather in Paris", "It rains in Paris, alice."], (await client.HistoryAsync("alice")).Select(message => message.Content));

        // What it sells, with the terms of its price.
        using (var terms = await client.Http.PostAsJsonAsync("/agent/alice/premium/forecast", new { city = "Rome" }, TestContext.Current.CancellationToken))
        {
            Assert.Equal(System.Net.HttpStatusCode.PaymentRequired, terms.StatusCode);
            Assert.Contains("\"maxAmountRequired\":\"250000\"", await terms.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await RunAsync(mesh, store, Block.Of("samples/MyAgent/README.md"));
        await RunAsync(mesh, store, Block.Of("docs/tutorial.md").Where(block => block.Section == "11. Your own agent"));

        // It is the mesh that remembers: another process of the sample has the conversation.
        Mesh.Kill(mesh.Ready.App("agents").Pid);
        Assert.Equal("The sun shines in Rome, alice.", (await client.PostAsync("alice", "weather in Rome", key: "after-the-kill")).Response);
        Assert.Equal(6, (await client.HistoryAsync("alice")).Count);
    }

    /// <summary>Runs what a page says to type once this mesh runs.</summary>
    private static async Task RunAsync(Mesh mesh, TestStore store, IEnumerable<Block> blocks)
    {
        var shell = new Shell(store.Data, 0);
        foreach (var command in blocks.SelectMany(block => block.Commands()).Where(command => !command.Text.StartsWith("dotnet run ", StringComparison.Ordinal)))
        {
            var why = await shell.RunAsync(command, mesh);
            Assert.True(why is null, $"{command.Text}\n{why}");
        }
    }

    [Fact]
    public void MyAgent_IsBelowSixtyLines() =>
        Assert.InRange(File.ReadLines(Path.Combine(Mesh.Root, "samples/MyAgent/Program.cs")).Count(), 1, 59);
}
