using AgentMesh.Contracts.Agents;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Names of work that goes on, in the agent's own records.</summary>
public sealed class AgentTasksTests
{
    private const string Alice = "default:alice";
    private const string Id = "00112233445566778899aabbccddeeff";

    [Fact]
    public async Task Task_SaysWhereItsTurnStands_AndOutlivesTheActivation()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(
            ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()), ("AgentMesh:Responder:Model", "m"),
            ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"));
        using var gate = new SemaphoreSlim(0);
        model.Behave(new ModelBehavior { Gate = gate });
        await host.PostAsync(Alice, "hello", "r1");
        var made = (await host.CreateTaskAsync(Alice, Id, "1")).Value!;
        Assert.Equal((Id, "tool", TurnStatus.Running, null), (made.TaskId, made.Tool, made.Turn!.Status, made.PaymentId));
        Assert.Equal(TimeSpan.FromHours(1), made.ExpiresAt - made.CreatedAt);
        await host.DeactivateAsync(Alice);
        Assert.Equal(made.CreatedAt, (await host.GetTaskAsync(Alice, Id)).Value!.CreatedAt);
        gate.Release(1000);
        await host.UntilAsync(Alice, 2);
        var done = (await host.GetTaskAsync(Alice, Id)).Value!;
        Assert.Equal((TurnStatus.Completed, 2), (done.Turn!.Status, done.Turn.Answer!.Seq));
    }

    [Fact]
    public async Task Task_IsStoredOnce_ForAllThatAskForItsWork()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.CreateTaskAsync(Alice, Id, "1");
        var stored = host.State[Alice, "tasks"];
        Assert.Equal(Id, (await host.CreateTaskAsync(Alice, new string('f', 32), "1")).Value!.TaskId);
        Assert.Equal(stored, host.State[Alice, "tasks"]);
    }

    [Fact]
    public async Task Stranger_FindsWhatWasPaidFor_AndNothingElse()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.CreateTaskAsync(Alice, Id, "1");
        await host.CreateTaskAsync(Alice, new string('f', 32), null, "pay");
        Assert.Equal("task_not_found", (await host.GetTaskAsync(Alice, Id, isOwner: false)).Refusal!.Code);
        Assert.Equal("pay", (await host.GetTaskAsync(Alice, new string('f', 32), isOwner: false)).Value!.PaymentId);
        Assert.Equal("task_not_found", (await host.GetTaskAsync("default:bob", Id)).Refusal!.Code);
    }

    [Fact]
    public async Task Task_ExpiresAfterAnHour()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.CreateTaskAsync(Alice, Id, "1");
        host.Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        Assert.Null((await host.GetTaskAsync(Alice, Id)).Refusal);
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("task_not_found", (await host.GetTaskAsync(Alice, Id)).Refusal!.Code);
    }

    [Theory]
    [InlineData("7", "task_not_found")]
    [InlineData("x", "turn_not_found")]
    [InlineData(null, "turn_not_found")]
    public async Task NoTask_IsMadeOfNoTurn(string? turn, string code)
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal(code, (await host.CreateTaskAsync(Alice, Id, turn)).Refusal!.Code);
    }

    [Fact]
    public async Task AgentNeverUsed_HasNone_AndIsStillNotThere()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal("task_not_found", (await host.CreateTaskAsync(Alice, Id, "1")).Refusal!.Code);
        Assert.Empty(host.State.KeysOf(Alice));
    }
}
