/// The worker's statements; each connection prepares them once.
struct WorkerStatements {
    let context = Statement(EngineSQL.context, parameterTypes: EngineSQL.contextTypes)
    let claimJobs = Statement(EngineSQL.claimJobs)
    let runJob = Statement(EngineSQL.runJob)
    let failJob = Statement(EngineSQL.failJob)
    let finishEffect = Statement(EngineSQL.finishEffect)
    let extendLeases = Statement(EngineSQL.extendLeases)
    let releaseJobs = Statement(EngineSQL.releaseJobs)
    let reportProgress = Statement(EngineSQL.reportProgress)
    let nextJobIn = Statement(EngineSQL.nextJobIn)
}
