using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(AgentMesh.Mutation.MutantOfTheRun))]
[assembly: TestCollectionOrderer(typeof(AgentMesh.Mutation.LikelyFirst))]
[assembly: AgentMesh.Mutation.KillerIsNoted]

namespace AgentMesh.Mutation;

/// <summary>
/// Reads which mutant is on once for each run of the tests. Stryker's mutants ask a file that is mapped into memory each time that they are passed, some ten
/// billion times in a suite: that takes ten times as long as the tests do, and tests that take so long count as timed out, which is as good as killed.
/// Compiled into a copy of the tests by <c>tests/mutation.sh</c>, and nowhere else.
/// </summary>
public sealed class MutantOfTheRun
{
    public MutantOfTheRun()
    {
        if (Environment.GetEnvironmentVariable("STRYKER_MUTANT_FILE") is not { Length: > 0 } file)
            return;
        var mutated = Environment.GetEnvironmentVariable("MUTATED_ASSEMBLY") ?? throw new InvalidOperationException("MUTATED_ASSEMBLY is not set.");
        // Before Stryker has changed it, there is none.
        if (Assembly.Load(mutated).GetTypes().SingleOrDefault(type => type.Name == "MutantControl") is not { } control)
            return;
        // While it looks which test passes which mutant.
        if ((bool)Field(control, "CaptureCoverage").GetValue(null)!)
            return;
        Keep(control.Assembly.Location);
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> id = stackalloc byte[sizeof(int)];
        stream.ReadExactly(id);
        Field(control, "_mutantFilePathCached").SetValue(null, true);
        Field(control, "_cachedMutantFilePath").SetValue(null, "");
        Field(control, "ActiveMutant").SetValue(null, BitConverter.ToInt32(id));
    }

    /// <summary>Stryker puts the unchanged one back when it ends; <c>again.mjs</c> needs this one.</summary>
    private static void Keep(string mutated)
    {
        var kept = Environment.GetEnvironmentVariable("MUTATED_KEPT");
        if (kept is null || File.Exists(kept))
            return;
        var own = $"{kept}.{Environment.ProcessId}";
        File.Copy(mutated, own, overwrite: true);
        File.Move(own, kept, overwrite: true);
    }

    private static FieldInfo Field(Type type, string name) =>
        type.GetField(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic) ?? throw new InvalidOperationException($"Stryker's {type.Name} has no {name}.");
}

/// <summary>A run ends with its first failed test: the class that has just killed a mutant comes first, for its neighbours, and those that take longest last.</summary>
public sealed class LikelyFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
        ["PropertyTests", "LivesTests", ".LedgerTests", ".BudgetLimitTests", ".MailTests", ".IdempotencyTests", ".DueTableTests", ".StoredRecordTests", ".SessionExpiryTests"];

    private static readonly List<string> Killers = [];

    public static void Note(string killer)
    {
        lock (Killers)
        {
            Killers.Remove(killer);
            Killers.Insert(0, killer);
        }
    }

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection
    {
        lock (Killers)
            return [.. testCollections.OrderBy(collection => Rank($"{collection.TestCollectionDisplayName} "))];
    }

    private static int Rank(string name)
    {
        var killer = Killers.FindIndex(killer => name.Contains($"{killer} ", StringComparison.Ordinal));
        return killer is >= 0 and < 3 ? killer : Array.Exists(Long, end => name.Contains($"{end} ", StringComparison.Ordinal)) ? 4 : 3;
    }
}

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class KillerIsNotedAttribute : BeforeAfterTestAttribute
{
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            LikelyFirst.Note(test.TestCase.TestClassName);
    }
}
