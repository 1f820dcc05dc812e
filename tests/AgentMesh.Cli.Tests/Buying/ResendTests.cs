using System.Text.Json;

namespace AgentMesh.Cli.Tests.Buying;

/// <summary>One request is paid once, whatever happens to its answers: the same bytes again, and never a second signature.</summary>
public sealed class ResendTests : IAsyncLifetime
{
    private readonly TestTerminal _terminal = new();
    private TestMesh _mesh = null!;

    public async ValueTask InitializeAsync() => _mesh = await TestMesh.StartAsync(_terminal.Time);

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        _terminal.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task LostAnswer_IsAskedForAgain_WithTheSameBytes(int lost)
    {
        Fail(Fault.LoseAnswer, lost);
        Assert.Equal(0, (await PayAsync()).ExitCode);
        Assert.Equal(lost + 1, _mesh.Payments.Count);
        Assert.Single(_mesh.Payments.Distinct());
        Assert.Equal(1, _mesh.Settlements);
        Assert.Empty(_terminal.Unfinished);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(19, 0)]
    [InlineData(20, 4)]
    public async Task UnknownOutcome_IsAskedForAgain_SoOften(int unknown, int exitCode)
    {
        Fail(Fault.UnknownNow, unknown);
        var ran = await PayAsync();
        Assert.Equal(exitCode, ran.ExitCode);
        Assert.Equal(Math.Min(unknown + 1, 20), _mesh.Payments.Count);
        Assert.Single(_mesh.Payments.Distinct());
        Assert.Contains("The seller says 503", ran.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode == 0 ? 0 : 1, _terminal.Unfinished.Length);
    }

    [Theory]
    [InlineData("the same command")]
    [InlineData("--resume")]
    [InlineData("--resume with the id")]
    public async Task PaymentThatStaysUnknown_IsSentAgainByTheNextCommand(string how)
    {
        Fail(Fault.UnknownForTenSeconds, 1);
        var first = await PayAsync("--json", "--wait", "9");
        Assert.Equal(4, first.ExitCode);
        var json = JsonElement.Parse(first.Output);
        Assert.Equal(("unknown", "payment_unknown", false), (
            json.GetProperty("outcome").GetString(), json.GetProperty("refusal").GetProperty("code").GetString(), json.GetProperty("payment").GetProperty("isExecuted").GetBoolean()));
        var id = json.GetProperty("payment").GetProperty("id").GetString()!;
        Assert.Contains($"`pay --resume {id[..12]}`", first.Error, StringComparison.Ordinal);

        var second = how switch
        {
            "--resume" => await _terminal.RunAsync("pay", "--resume", "--facilitator", $"{_mesh.Url}"),
            "--resume with the id" => await _terminal.RunAsync("pay", "--resume", id[..12]),
            _ => await PayAsync(),
        };
        Assert.Equal(0, second.ExitCode);
        Assert.Contains($"payment {id}, signed before, is not over", second.Output, StringComparison.Ordinal);
        Assert.Single(_mesh.Payments.Distinct());
        Assert.Equal((2, 1), (_mesh.Payments.Count, _mesh.Settlements));
        Assert.Empty(_terminal.Unfinished);
    }

    [Fact]
    public async Task PaymentThatIsKept_IsReadableByItsUserOnly_AndDiffersByRequest()
    {
        Fail(Fault.UnknownForTenSeconds, 2);
        await PayAsync("--wait", "9");
        await PayAsync("--wait", "9", "--body", """{"query":"Or not?"}""");
        Assert.Equal(2, _mesh.Payments.Distinct().Count());
        Assert.Equal(2, _terminal.Unfinished.Length);
        Assert.DoesNotContain(_terminal.Unfinished, LocalData.PrivateFile.IsOpenToOthers);
        var several = await _terminal.RunAsync("pay", "--resume");
        Assert.Equal(2, several.ExitCode);
        Assert.Contains("there are several unfinished payments", several.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _terminal.RunAsync("pay", "--resume", "0000000000000000")).ExitCode);
    }

    [Fact]
    public async Task ManyCommandsAtOnce_PayOnce()
    {
        // Money first, so that nothing but the payments race.
        await PayAsync();
        var before = _mesh.Payments.Distinct().Count();
        Fail(Fault.UnknownForTenSeconds, 4);
        var ran = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PayAsync("--wait", "0")));
        Assert.All(ran, one => Assert.Equal(4, one.ExitCode));
        Assert.Single(_terminal.Unfinished);
        Assert.Equal(before + 1, _mesh.Payments.Distinct().Count());
        Assert.Equal(0, (await PayAsync()).ExitCode);
        Assert.Equal(2, _mesh.Settlements);
    }

    [Fact]
    public async Task CtrlC_WhileThePaymentIsOnItsWay_LeavesIt_ToBeSentAgain()
    {
        Fail(Fault.Hang, 1);
        using var ctrlC = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = _terminal.RunAsync(ctrlC.Token, Command());
        await _mesh.Hanging.Task.WaitAsync(TestContext.Current.CancellationToken);
        await ctrlC.CancelAsync();
        var stopped = await running;
        Assert.Equal(4, stopped.ExitCode);
        Assert.Contains("sends the same payment again", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await PayAsync()).ExitCode);
        Assert.Single(_mesh.Payments.Distinct());
    }

    [Fact]
    public async Task CtrlC_BeforeAnythingIsSigned_IsJustThat()
    {
        var ran = await _terminal.RunAsync(new CancellationToken(canceled: true), Command());
        Assert.Equal((130, "canceled"), (ran.ExitCode, ran.Error.Trim()));
        Assert.Empty(_mesh.Payments);
        Assert.Empty(_terminal.Unfinished);
    }

    [Fact]
    public async Task RefusedPayment_IsSentAgainWhileItCanBeExecuted_AndAnotherIsSignedWhenItCannot()
    {
        Fail(Fault.Refuse, 2);
        var refused = await PayAsync();
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("settlement_failed", refused.Output, StringComparison.Ordinal);
        Assert.Contains("it can be until", refused.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await PayAsync()).ExitCode);
        Assert.Single(_mesh.Payments.Distinct());

        // 300 s and the slack of clocks. The seller says once more that it is nothing; the token says that it was not executed.
        _terminal.Time.Advance(TimeSpan.FromSeconds(361));
        var expired = await PayAsync();
        Assert.Equal(3, expired.ExitCode);
        Assert.Contains("nothing was paid", expired.Error, StringComparison.Ordinal);
        Assert.Empty(_terminal.Unfinished);
        Assert.Equal(0, (await PayAsync()).ExitCode);
        Assert.Equal((2, 1), (_mesh.Payments.Distinct().Count(), _mesh.Settlements));
    }

    [Fact]
    public async Task PaymentThatWasExecuted_AndIsRefusedAfterwards_IsNotForgotten()
    {
        // Three: the answer is lost to every try of the first request.
        Fail(Fault.LoseAnswer, 3);
        Assert.Equal(4, (await PayAsync("--wait", "0")).ExitCode);
        _terminal.Time.Advance(TimeSpan.FromSeconds(361));
        Fail(Fault.Refuse, 1);
        var ran = await PayAsync();
        Assert.Equal(3, ran.ExitCode);
        Assert.Contains("The token says that the payment was executed.", ran.Error, StringComparison.Ordinal);
        Assert.Single(_terminal.Unfinished);
        Assert.Single(_mesh.Payments.Distinct());
    }

    [Fact]
    public async Task New_GivesTheEarlierPaymentUp_AndSaysWhatThatMeans()
    {
        Fail(Fault.UnknownForTenSeconds, 1);
        await PayAsync("--wait", "0");
        var ran = await PayAsync("--new");
        Assert.Equal(0, ran.ExitCode);
        Assert.Contains("is given up; it may be paid all the same", ran.Error, StringComparison.Ordinal);
        Assert.Equal(2, _mesh.Payments.Distinct().Count());
    }

    [Fact]
    public async Task EarlierPaymentAboveTheCapOfToday_IsNotSent()
    {
        Fail(Fault.UnknownForTenSeconds, 1);
        await PayAsync("--wait", "0");
        var ran = await PayAsync("--max", "0.05");
        Assert.Equal(3, ran.ExitCode);
        Assert.Single(_mesh.Payments);
        Assert.Equal(0, (await _terminal.RunAsync("pay", "--resume")).ExitCode);
    }

    [Fact]
    public async Task LostGift_IsAskedForAgain_AndGivenOnce()
    {
        _mesh.LosesFirstGift = true;
        Assert.Equal(0, (await PayAsync()).ExitCode);
        Assert.Equal((2, 1), (_mesh.FaucetCalls, _mesh.Gifts));
    }

    private void Fail(Fault fault, int times)
    {
        for (var n = 0; n < times; n++)
            _mesh.Faults.Enqueue(fault);
    }

    private Task<Ran> PayAsync(params string[] more) => _terminal.RunAsync(Command(more));

    private string[] Command(params string[] more)
    {
        string[] body = more.Contains("--body") ? [] : ["--body", """{"query":"Is it so?"}"""];
        return ["pay", TestMesh.Path, "--gateway", $"{_mesh.Url}", "--facilitator", $"{_mesh.Url}", .. body, .. more];
    }
}
