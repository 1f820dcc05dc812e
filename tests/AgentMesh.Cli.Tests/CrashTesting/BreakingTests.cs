using System.Diagnostics;
using AgentMesh.Cli.CrashTesting.Running;

namespace AgentMesh.Cli.Tests.CrashTesting;

/// <summary>What a crash test breaks beside processes and connections.</summary>
public sealed class BreakingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Clock_IsWhereItsJumpsHaveBroughtIt()
    {
        var clock = new MovableClock(_folder);
        var start = new ProcessStartInfo("true");
        clock.Rule(start);
        var file = start.Environment["FAKETIME_TIMESTAMP_FILE"]!;
        Assert.Equal("+0.000", File.ReadAllText(file));
        clock.Move(TimeSpan.FromSeconds(90.25));
        Assert.Equal("+90.250", File.ReadAllText(file));
        clock.Move(TimeSpan.FromSeconds(-100));
        Assert.Equal(("-9.750", TimeSpan.FromSeconds(-9.75)), (File.ReadAllText(file), clock.Offset));
        // A process that is started again lives by it as it is.
        clock.Rule(new ProcessStartInfo("true"));
        Assert.Equal("-9.750", File.ReadAllText(file));
    }

    [Fact]
    public async Task Clock_IsThatOfTheProcessesUnderIt()
    {
        Assert.SkipWhen(MovableClock.Library is null, "This machine has no libfaketime.");
        var clock = new MovableClock(_folder);
        var start = new ProcessStartInfo("date", "+%s") { RedirectStandardOutput = true };
        clock.Rule(start);
        clock.Move(TimeSpan.FromHours(-5));
        using var process = Process.Start(start)!;
        var said = long.Parse(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.InRange(said, 1, DateTimeOffset.UtcNow.AddHours(-4).ToUnixTimeSeconds());
    }

    [Fact]
    public void Faults_AreAFunctionOfThePick()
    {
        Assert.Equal(FacilitatorFaults.Of(7), FacilitatorFaults.Of(7));
        Assert.InRange(Enumerable.Range(0, 50).Select(pick => string.Join(',', FacilitatorFaults.Of(pick))).Distinct().Count(), 10, 50);
    }
}
